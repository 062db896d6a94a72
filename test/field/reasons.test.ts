import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cofferdam } from '../cli/stranger.ts';

/* Reasons that named half of the cause, and fixes that gave up the sandbox that an author had chosen. */
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cofferdam-'));
});
afterAll(() => rm(folder, { recursive: true }));

const RISKY = '{name: p, labels: {cofferdam.dev/risk: high}}';
const LIMITS = 'resources: {limits: {cpu: 1, memory: 1Gi}}';
const PLAIN = '{containers: [{name: c, image: "x:1"}]}';
const pod = (metadata: string, spec: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: ${metadata}\nspec: ${spec}\n`;

async function reviewed(stdin: string, cluster?: string, policies?: string) {
  const given = { '--cluster': cluster, '--policy': policies };
  const argv = ['review', '-'];
  for (const [option, text] of Object.entries(given)) {
    if (text === undefined) continue;
    const file = join(folder, `${option}.yaml`);
    await writeFile(file, text);
    argv.push(option, file);
  }
  const { out } = await cofferdam(argv, { stdin });
  // The output as it is read, on one line.
  return out.replaceAll(/\s+/g, ' ');
}

it('a VM that a label and a port ask for together is told by the score and its parts', async () => {
  const given = pod(
    RISKY,
    `{containers: [{name: a, image: "a:1", ports: [{containerPort: 80, hostPort: 80}], ${LIMITS}}]}`,
  );
  expect(await reviewed(given)).toContain(
    'the Pod needs a VM (vm) because of a score of 90 (label cofferdam.dev/risk=high on the Pod 60 and host port 30).',
  );
});

describe('a handler that nobody knows', () => {
  const CLUSTER = `apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: {name: gvisor-gpu}
handler: nvidia-gvisor
`;
  it.each([
    ['where a class is looked for', '{containers: [{name: c, image: "x:1"}]}'],
    ['in the class that is named', '{runtimeClassName: gvisor-gpu, containers: [{name: c, image: "x:1"}]}'],
  ])('is named with the SandboxProfile that would vouch for it, %s', async (_, spec) => {
    const out = await reviewed(pod(RISKY, spec), CLUSTER);
    expect(out).toContain(
      'nothing is known of handler "nvidia-gvisor" of RuntimeClass "gvisor-gpu": it counts as the host kernel.',
    );
    expect(out).toContain('Fix: Say in a SandboxProfile what handler "nvidia-gvisor" is, if it isolates.');
    expect(out).not.toContain('nstall a RuntimeClass');
  });
});

describe('a class of the host kernel', () => {
  const CLUSTER = ['fast runc', 'nvidia nvidia', 'kata-debug kata-qemu-debug']
    .map(line => line.split(' '))
    .map(
      ([name, handler]) =>
        `apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: ${name}}\nhandler: ${handler}\n`,
    )
    .join('---\n');
  it.each([
    ['fast', 'its handler "runc" is the host kernel.'],
    ['nvidia', 'its handler "nvidia" is the host kernel.'],
    [
      'kata-debug',
      'handler "kata-qemu-debug" of RuntimeClass "kata-debug" counts as the host kernel: it is named for a debug console into the guest.',
    ],
  ])('that its author names is one by its handler, whatever it is called: %s', async (name, why) => {
    const out = await reviewed(pod(RISKY, `{runtimeClassName: ${name}, ${PLAIN.slice(1)}`), CLUSTER);
    expect(out).toContain(`isolates only as host-kernel; app-kernel is required because of the label`);
    expect(out).toContain(why);
    expect(out).not.toContain('SandboxProfile');
  });
});

describe('a handler that nobody knows, where policies list classes', () => {
  const clusterOf = (...classes: readonly (readonly [string, string])[]): string =>
    classes
      .map(
        ([name, handler]) =>
          `apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: ${name}}\nhandler: ${handler}\n`,
      )
      .join('---\n');
  const policy = (sandboxes: string): string =>
    `apiVersion: cofferdam.dev/v1alpha1\nkind: ClusterSandboxPolicy\nmetadata: {name: team}\nspec: {sandboxes: [${sandboxes}]}\n`;
  const KNOWN = 'nothing is known of handler "runsc-team" of RuntimeClass "team"';

  it('is the reason beside a sandbox that is not on the list', async () => {
    const cluster = clusterOf(['gvisor', 'runsc'], ['team', 'runsc-team']);
    const out = await reviewed(pod(RISKY, PLAIN), cluster, policy('{runtimeClass: team}'));
    expect(out).toContain(`and no RuntimeClass isolates enough: ${KNOWN}`);
    expect(out).toContain('Fix: Say in a SandboxProfile what handler "runsc-team" is, if it isolates.');
  });

  it('may be one that is listed by its isolation', async () => {
    const cluster = clusterOf(['gvisor', 'runc'], ['team', 'runsc-team']);
    expect(await reviewed(pod(RISKY, PLAIN), cluster, policy('{isolation: app-kernel}'))).toContain(KNOWN);
  });

  it('is none where it is not on the list either: knowing it would not help', async () => {
    const cluster = clusterOf(['team', 'runsc-team']);
    const out = await reviewed(pod(RISKY, PLAIN), cluster, policy('{runtimeClass: other}'));
    expect(out).not.toContain('nothing is known');
    expect(out).toContain('Install a RuntimeClass');
  });
});

describe('no fix gives up the sandbox', () => {
  it.each([
    ['in a VM that has no user namespaces', 'kata-qemu', 'hostUsers: false, ', ''],
    ['in gVisor, for a device that no sandbox has', 'gvisor', '', 'gpu.intel.com/i915: 1, '],
  ])('%s', async (_, name, more, resource) => {
    const given = pod(
      '{name: p}',
      `{${more}runtimeClassName: ${name}, containers: [{name: c, image: "x:1", resources: {limits: {${resource}cpu: 1, memory: 1Gi}}}]}`,
    );
    const out = await reviewed(given);
    expect(out).not.toMatch(/runtimeClassName (out|to "gvisor")/);
  });

  it('of a Sandbox of another kind', async () => {
    const sandbox = `apiVersion: agents.x-k8s.io/v1alpha1
kind: Sandbox
metadata: {name: s}
spec: {podTemplate: {spec: {runtimeClassName: kata-qemu, hostUsers: false, containers: [{name: py, image: "python:3.13"}]}}}
`;
    const out = await reviewed(sandbox);
    expect(out).toContain('reject Sandbox/s');
    expect(out).not.toContain('Set runtimeClassName');
    expect(out).toContain('Fix: Remove hostUsers if the sandbox is enough of a boundary.');
  });
});

describe('a handler called kata may be any VMM', () => {
  const CLUSTER = `apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: {name: kata-vm-isolation}
handler: kata
`;
  const CLAIM = 'volumes: [{name: d, persistentVolumeClaim: {claimName: d}}]';
  const VOUCH =
    'ay in a SandboxProfile which VMM handler "kata" runs (extends: kata-clh on AKS, kata-qemu on OpenShift).';

  it.each([
    [
      'a class that is named',
      pod('{name: p}', `{runtimeClassName: kata-vm-isolation, ${CLAIM}, ${PLAIN.slice(1)}`),
    ],
    [
      'one that is looked for',
      pod('{name: p, labels: {cofferdam.dev/risk: critical}}', `{${CLAIM}, ${PLAIN.slice(1)}`),
    ],
  ])('and whose cluster it is can say which, for %s', async (_, given) => {
    expect(await reviewed(given, CLUSTER)).toContain(VOUCH);
  });

  it.each([
    ['where the network of the host stands against it, too', `hostNetwork: true, ${CLAIM}`],
    ['where no VMM does it', 'hostUsers: false'],
  ])('which would not help %s', async (_, more) => {
    const given = pod('{name: p}', `{runtimeClassName: kata-vm-isolation, ${more}, ${PLAIN.slice(1)}`);
    const out = await reviewed(given, CLUSTER);
    expect(out).toContain('reject Pod/p');
    expect(out).not.toContain('SandboxProfile');
  });
});

describe('of what stands against a class, a Pod that has its place is told', () => {
  const told = (limit: string, more = '') =>
    reviewed(
      pod(
        RISKY,
        `{${more}containers: [{name: c, image: "x:1", resources: {limits: {${limit}, cpu: 1, memory: 1Gi}}}]}`,
      ),
    );

  it('where the class was passed over', async () => {
    const out = await told('hugepages-2Mi: 64Mi');
    expect(out).toContain('sandbox Pod/p default kata-qemu');
    expect(out).toContain('limits[hugepages-2Mi] = ');
  });

  it.each([
    ['a device', 'google.com/tpu: 4', ''],
    ['user namespaces', 'ephemeral-storage: 1Gi', 'hostUsers: false, '],
  ])('not where it comes behind, for %s', async (_, limit, more) => {
    const out = await told(limit, more);
    expect(out).toContain('sandbox Pod/p default gvisor');
    expect(out).not.toContain('Fix:');
    expect(out).not.toContain('spec.');
  });
});
