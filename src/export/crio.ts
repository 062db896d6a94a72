import { comment } from './comment.ts';
import { RUNSC_TOML } from './containerd.ts';
import { type Evidence, KATA_DEPLOY, tell } from './evidence.ts';
import type { Runtime } from './runtimes.ts';
import { type Entry, file, table } from './toml.ts';

/** A drop-in file of CRI-O's configuration with a handler for each runtime. */
export function crioPart(runtimes: readonly Runtime[]): string {
  return file(
    comment(
      'For CRI-O: a file in /etc/crio/crio.conf.d/. Restart CRI-O afterwards.',
      'CRI-O hands every annotation of a Pod to its runtime, and no setting stops that: dev.gvisor.flag.host-uds and io.katacontainers.* must be refused at admission, as Cofferdam does.',
    ),
    ...(runtimes.some(({ kata }) => !kata) ? [NO_SELINUX] : []),
    ...runtimes.map(handlerOf),
  );
}

function handlerOf({ title, handler, kata }: Runtime): string {
  const entries: readonly Entry[] = [
    { key: 'runtime_path', value: kata?.shim ?? '/usr/local/bin/containerd-shim-runsc-v1' },
    { key: 'runtime_type', value: 'vm' },
    { key: 'runtime_root', value: kata ? '/run/vc' : '/run/runsc' },
    kata
      ? {
          key: 'runtime_config_path',
          value: kata.config,
          why: 'Set enable_annotations = [] there: Pods then change no settings of their hypervisor.',
        }
      : { key: 'runtime_config_path', value: RUNSC_TOML, why: 'Written by: cofferdam export runsc --crio' },
    {
      key: 'privileged_without_host_devices',
      value: true,
      why: 'Without it, a privileged container is given the devices of the host.',
    },
  ];
  return table(['crio', 'runtime', 'runtimes', handler], entries, `${title}.`, tell(kata ? KATA : GVISOR));
}

const KATA: Evidence = { kind: 'sourced', source: KATA_DEPLOY };

const GVISOR: Evidence = {
  kind: 'sourced',
  source:
    'https://github.com/google/gvisor/blob/master/g3doc/user_guide/containerd/crio.md (CRI-O 1.37 or newer; gVisor does not support it officially)',
};

const NO_SELINUX = table(
  ['crio', 'runtime'],
  [
    {
      key: 'selinux',
      value: false,
      why: 'runsc refuses a container with an SELinux label. This holds for the containers of runc on the node too: keep such nodes for sandboxes.',
    },
  ],
);
