import { describe, expect, it } from 'vitest';
import { cofferdam } from './stranger.ts';

const PODS = 'test/fixtures/resources/pods.yaml';
const GKE = ['--cluster', 'test/fixtures/resources/gke.yaml'];

/** Verdict and class of each Pod. */
async function verdicts(...argv: string[]): Promise<Record<string, string>> {
  const { out } = await cofferdam(['review', '-o', 'json', PODS, ...argv]);
  const { results } = JSON.parse(out) as {
    results: { name: string; verdict: string; runtimeClass: string | null }[];
  };
  return Object.fromEntries(results.map(one => [one.name, `${one.verdict} ${one.runtimeClass ?? '-'}`]));
}

/** What stands against each class, and what it degrades, with the profile's reasons. */
async function explained(name: string, ...argv: string[]): Promise<unknown[]> {
  const { out } = await cofferdam(['explain', '-o', 'json', PODS, '--name', name, ...argv]);
  type Word = { signal: string; resource?: string; detail?: string; reason: string };
  const { placement } = JSON.parse(out) as {
    placement: { runtimeClass: string; objections: Word[]; degraded: Word[] }[];
  };
  const told = ({ signal, resource, detail, reason }: Word): string =>
    `${[signal, resource ?? detail].filter(Boolean).join(' ')}: ${reason}`;
  return placement.map(step => [step.runtimeClass, step.objections.map(told), step.degraded.map(told)]);
}

describe('resources by what they are', () => {
  it('go where they work', async () => {
    expect(await verdicts()).toEqual({
      'risky-tpu': 'sandbox gvisor',
      tpu: 'admit gvisor',
      'risky-nvidia': 'sandbox gvisor',
      'risky-amd': 'reject -',
      'risky-mig': 'reject -',
      'risky-partition': 'reject -',
      intel: 'reject -',
      gaudi: 'reject -',
      both: 'reject -',
      'risky-eni': 'sandbox gvisor',
      'risky-second-network': 'sandbox gvisor',
      'risky-fpga': 'sandbox kata-qemu',
    });
  });

  it('are placed with gVisor alone, too', async () => {
    expect(await verdicts(...GKE)).toMatchObject({
      'risky-tpu': 'sandbox gvisor',
      tpu: 'admit gvisor',
      'risky-nvidia': 'sandbox gvisor',
      'risky-amd': 'reject -',
      'risky-eni': 'sandbox gvisor',
      'risky-second-network': 'sandbox gvisor',
      'risky-fpga': 'reject -',
    });
  });

  it('degrade where they reach a driver of the host, and say why', async () => {
    const [[, objections, degraded] = []] = (await explained('risky-tpu')) as [string, string[], string[]][];
    expect(objections).toEqual([]);
    expect(degraded).toEqual([
      "extendedResource google.com/tpu: works where runsc runs with --tpuproxy, as on GKE, with models that it knows on one node; calls reach the host's driver",
    ]);
  });

  it('are turned away with the reason of each class', async () => {
    expect(await explained('risky-mig')).toEqual([
      ['gvisor', ["gpu: runsc knows only NVIDIA's driver, and only whole GPUs, no partitions (MIG)"], []],
      ['kata-qemu', ['gpu: a GPU that containers of the host share cannot be plugged into a VM'], []],
    ]);
  });

  it('count each for itself: one that works makes none of the others work', async () => {
    expect(await explained('both')).toEqual([
      [
        'gvisor',
        ["gpu: runsc knows only NVIDIA's driver, and only whole GPUs, no partitions (MIG)"],
        [
          "gpu nvidia.com/gpu: only CUDA works, on a model and with a driver that runsc knows; calls reach the host's driver",
        ],
      ],
    ]);
  });

  it('are named where they work differently', async () => {
    const { out } = await cofferdam(['review', PODS, ...GKE]);
    expect(out).toContain(
      'Note: Extended resource google.com/tpu (gvisor): works where runsc runs with --tpuproxy',
    );
    expect(out).toContain('Note: GPU nvidia.com/gpu (gvisor): only CUDA works, on a model');
  });

  it('are named where a class knows them by name', async () => {
    const { out } = await cofferdam(['explain', PODS, '--name', 'risky-tpu']);
    expect(out).toContain('Does not support the extended resource google.com/tpu: no Kata handler');
    expect(out).toContain('Degrades the extended resource google.com/tpu: works where runsc');
  });
});

describe('a SandboxProfile that speaks of a resource', () => {
  const OURS = ['--policy', 'test/fixtures/resources/profile.yaml'];

  it('places it', async () => {
    expect(await verdicts(...OURS)).toMatchObject({ 'risky-fpga': 'sandbox gvisor' });
  });

  it('means all resources of a signal where it speaks of that', async () => {
    expect(await verdicts(...OURS)).toMatchObject({
      'risky-nvidia': 'reject -',
      'risky-tpu': 'sandbox gvisor',
    });
  });
});
