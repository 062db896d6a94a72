import { readFileSync } from 'node:fs';
import process from 'node:process';

/** The processor time, in seconds, that these processes have taken since their start (proc(5): utime and stime, in hundredths). */
export function cpuSeconds(pids: readonly number[]): number {
  const hundredths = pids.map(pid => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return Number(fields[11]) + Number(fields[12]);
  });
  return hundredths.reduce((sum, one) => sum + one, 0) / 100;
}

/** The memory that they hold together, in MiB (proc(5): VmRSS). */
export const memoryMiB = (pids: readonly number[]): number =>
  pids
    .map(pid => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024)
    .reduce((sum, one) => sum + one, 0);

/** The process of the control plane that control.sh started. */
export const apiServerPid = (): number =>
  Number(readFileSync(`${process.env.CONTROL}/run/kube-apiserver.pid`, 'utf8').split(' ')[0]);
