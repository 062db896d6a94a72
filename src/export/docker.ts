import { jsonText } from '../source/text.ts';
import { TESTED, tell } from './evidence.ts';
import { RUNSC_ARGUMENTS } from './runsc.ts';
import type { Runtime } from './runtimes.ts';

/** A part and the remarks about it, since JSON has no comments. */
export interface DockerPart {
  readonly text: string;
  readonly notes: readonly string[];
}

const RUNSC = { path: '/usr/local/bin/runsc', runtimeArgs: RUNSC_ARGUMENTS };

/** The `runtimes` of Docker's `/etc/docker/daemon.json`. */
export function dockerPart(runtimes: readonly Runtime[]): DockerPart {
  const entries = runtimes.map(({ handler, kata }) => [
    handler,
    kata ? { runtimeType: kata.shim, options: { ConfigPath: kata.config } } : RUNSC,
  ]);
  return {
    text: `${jsonText({ runtimes: Object.fromEntries(entries) }, 2)}\n`,
    notes: [
      ...runtimes.flatMap(notesOn),
      'Docker reads no comments, so this is said here. Merge it into /etc/docker/daemon.json and restart Docker.',
    ],
  };
}

const notesOn = ({ handler, kata }: Runtime): readonly string[] => (kata ? onKata(handler) : ON_GVISOR);

const ON_GVISOR = [
  `runsc: ${tell({
    kind: 'ran',
    by: `the end-to-end tests run containers with it, on ${TESTED.docker} and ${TESTED.gvisor}, as "runsc install" writes it`,
  })}`,
  'runsc: "docker run --privileged" shows the device nodes of the host. runsc has no drivers behind them, but on a GPU node it opens every GPU.',
];

const onKata = (handler: string): readonly string[] => [
  `${handler}: ${tell({
    kind: 'sourced',
    source:
      'https://github.com/kata-containers/kata-containers/blob/main/docs/installation.md (Docker 26 or newer; tested there with QEMU alone)',
  })}`,
  `${handler}: Docker has no privileged_without_host_devices: "docker run --privileged" gives the devices of the host to the VM.`,
];
