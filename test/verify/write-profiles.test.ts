import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { cofferdam, type Ran } from '../cli/stranger.ts';
import { FakeApiServer, send } from '../support/api-server.ts';
import { node, runtimeClass } from '../support/objects.ts';
import { type Waits, withoutWaiting } from '../support/without-waiting.ts';
import { NODE, textOf } from './support.ts';

const PODS = '/api/v1/namespaces/probes/pods';
const PROFILES = '/apis/cofferdam.dev/v1alpha1/sandboxprofiles';
/** The output that the Pods of each class see. */
const SHOWN: Readonly<Record<string, string>> = { team: 'gvisor', fake: 'runc', gvisor: 'gvisor' };

let server: FakeApiServer;
let folder: string;
let kubeconfig: string;
let drafts: string;
let waits: Waits;

beforeEach(async () => {
  waits = withoutWaiting();
  server = new FakeApiServer();
  await server.start();
  folder = await mkdtemp(join(tmpdir(), 'cofferdam-'));
  kubeconfig = join(folder, 'kubeconfig');
  drafts = join(folder, 'drafts.yaml');
  await writeFile(kubeconfig, server.kubeconfig());
  server.put('RuntimeClass', runtimeClass('gvisor', 'runsc'));
  server.put('RuntimeClass', runtimeClass('team', 'runsc-team'));
  server.put('RuntimeClass', runtimeClass('fake', 'gvisor-fake'));
  const { status, ...one } = node('node1', ['runc', 'runsc', 'runsc-team', 'gvisor-fake']);
  const nodeInfo = { operatingSystem: 'linux', kernelVersion: NODE.release, bootID: NODE.bootId };
  server.put('Node', { ...one, status: { ...status, nodeInfo } });
  runPods();
});
afterEach(async () => {
  waits.end();
  await server.stop();
  await rm(folder, { recursive: true });
});

/** Every Pod of the namespace ends at once, and its log is what its class shows. */
function runPods(): void {
  const classes = new Map<string, string>();
  server.intercept = ({ method, url, body }, response) => {
    if (!url.pathname.startsWith(PODS)) return false;
    const [name = '', rest] = url.pathname.slice(PODS.length + 1).split('/');
    if (method === 'POST') {
      const pod = body as { metadata: { name: string }; spec: { runtimeClassName: string } };
      classes.set(pod.metadata.name, pod.spec.runtimeClassName);
    }
    if (rest === 'log') response.end(textOf(SHOWN[classes.get(name) ?? ''] ?? ''));
    else send(response, 200, { metadata: {}, items: [], status: { phase: 'Succeeded' } });
    return true;
  };
}

const verify = (...argv: string[]): Promise<Ran> =>
  cofferdam(['verify', '-n', 'probes', '--kubeconfig', kubeconfig, ...argv]);
const drafted = async () => parse(await readFile(drafts, 'utf8'));
const NO_DRAFT =
  'no SandboxProfile for handler "gvisor-fake": the handler is the host kernel on node node1\n';

it('writes a profile of what was seen of an unknown handler, and says of which there is none', async () => {
  const { code, out, err } = await verify('--write-profiles', drafts);
  expect({ code, err }).toEqual({ code: 0, err: NO_DRAFT });
  expect(out).toMatch(/^verified +team +node1 +runsc-team +host-kernel +app-kernel \(gVisor\)$/m);
  expect(await readFile(drafts, 'utf8')).toBe(`# ${NO_DRAFT.trim()}
# runsc-team, of RuntimeClass team. What cofferdam verify saw:
#   node node1: app-kernel: kernel build #1 SMP Sun Jan 10 15:06:54 PST 2016 is gVisor's; dmesg: Starting gVisor...; mount / is 9p from gVisor's gofer; boot id 28e75acd-a9c6-4dff-b4bc-8eabe5e88d09 is not that of node node1; kernel release 4.19.0-gvisor; node node1 runs 6.1.0-41-cloud-amd64
# What was not seen is taken from profile gvisor. This vouches for every node that has the handler, so review it first.
apiVersion: cofferdam.dev/v1alpha1
kind: SandboxProfile
metadata:
  name: runsc-team
spec:
  handlers:
    - runsc-team
  extends: gvisor
  isolation: app-kernel
  isolationReason: seen from inside on node node1
  isolationSource: cofferdam verify
`);
});

it('says the same where the profiles take the place of the table', async () => {
  const { code, out, err } = await verify('--write-profiles');
  expect({ code, err }).toEqual({ code: 0, err: NO_DRAFT });
  expect(parse(out)).toMatchObject({ kind: 'SandboxProfile', metadata: { name: 'runsc-team' } });
});

it('judges by the profiles of the cluster, and so drafts none that was applied', async () => {
  await verify('--write-profiles', drafts);
  server.put('SandboxProfile', await drafted());
  const { code, out, err } = await verify('--class', 'team', '--write-profiles', drafts);
  expect(out).toMatch(/^verified +team +node1 +runsc-team +app-kernel +app-kernel \(gVisor\)$/m);
  expect({ code, err }).toEqual({
    code: 0,
    err: 'there is no SandboxProfile to draft, as every handler that was probed has a profile\n',
  });
});

it('takes a profile that is given for the one of its name in the cluster', async () => {
  await verify('--write-profiles', drafts);
  const draft = await drafted();
  server.put('SandboxProfile', draft);
  const better = join(folder, 'better.yaml');
  const spec = { ...draft.spec, extends: 'kata', isolation: 'vm' };
  await writeFile(better, JSON.stringify({ ...draft, spec }));
  const { code, out, err } = await verify('--class', 'team', '--policy', better);
  expect(out).toMatch(/^not what it claims +team +node1 +runsc-team +vm +app-kernel \(gVisor\)$/m);
  expect({ code, err }).toEqual({ code: 1, err: '' });
});

it('goes by the built-in profiles, and says so, where it may not list those of the cluster', async () => {
  const { intercept } = server;
  server.intercept = (call, response) => {
    if (call.url.pathname !== PROFILES) return intercept(call, response);
    send(response, 403, { kind: 'Status', code: 403, message: 'sandboxprofiles is forbidden' });
    return true;
  };
  const { code, err } = await verify('--class', 'gvisor');
  expect({ code, err }).toEqual({ code: 0, err: 'warning: left out: sandboxprofiles is forbidden\n' });
});

it('probes nothing where the policies given are broken', async () => {
  await writeFile(drafts, 'kind: SandboxProfile\n');
  const { code, out, err } = await verify('--policy', drafts);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/\nerror: the policies have problems, so nothing was judged\n$/);
  expect(server.calls.some(({ method }) => method === 'POST')).toBe(false);
});
