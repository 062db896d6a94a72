import { afterEach, describe, expect, it } from 'vitest';
import { cofferdam, start } from './support/cofferdam.ts';
import { kubectl, kubectlOk } from './support/kubectl.ts';
import { poll } from './support/poll.ts';
import {
  E2E_LABEL,
  ENFORCED,
  GUARDED,
  GVISOR_CLASS,
  IMAGE,
  KATA_CLASS,
  LOOKALIKE_CLASS,
} from './support/settings.ts';

const LABEL = 'cofferdam.dev/verify';

/** Of the three classes of these tests; the cluster may have others. */
const verify = (classes: readonly string[], ...more: string[]) => [
  'verify',
  ...['--image', IMAGE],
  ...classes.flatMap(name => ['--class', name]),
  ...more,
];

interface Result {
  readonly runtimeClass: string;
  readonly verdict: string;
}

const resultsIn = (stdout: string): readonly Result[] => JSON.parse(stdout).results;
const resultOf = (stdout: string, runtimeClass: string): Result | undefined =>
  resultsIn(stdout).find(result => result.runtimeClass === runtimeClass);

/** Names of what runs of verify left. */
async function left(): Promise<string> {
  const namespaces = await kubectlOk(['get', 'namespaces', '-l', LABEL, '-o', 'name']);
  const pods = await kubectlOk(['get', 'pods', '-A', '-l', LABEL, '-o', 'name']);
  return namespaces + pods;
}

describe('cofferdam verify, on nodes with gVisor (and the stand-in handler kata)', () => {
  afterEach(async () => {
    expect(await left()).toBe('');
  });

  it('passes gVisor', async () => {
    const { code, stdout } = await cofferdam(verify([GVISOR_CLASS]));
    expect(stdout).toMatch(
      /^verified +cofferdam-e2e-gvisor +\S+ +runsc +app-kernel +app-kernel \(gVisor\)$/m,
    );
    expect(stdout).toContain("kernel build #1 SMP Sun Jan 10 15:06:54 PST 2016 is gVisor's");
    expect(code).toBe(0);
  });

  it('unmasks a handler kata that is runc, and a class that is named like gVisor promises nothing', async () => {
    const classes = [GVISOR_CLASS, KATA_CLASS, LOOKALIKE_CLASS];
    const { code, stdout } = await cofferdam(verify(classes, '-o', 'json'));
    expect(resultOf(stdout, GVISOR_CLASS)).toMatchObject({ verdict: 'verified', seen: 'app-kernel' });
    expect(resultOf(stdout, KATA_CLASS)).toMatchObject({
      verdict: 'not what it claims',
      promises: 'vm',
      seen: 'host-kernel',
      evidence: expect.arrayContaining([expect.stringMatching(/^boot id \S+ is that of node /)]),
    });
    expect(resultOf(stdout, LOOKALIKE_CLASS)).toMatchObject({
      verdict: 'verified',
      promises: 'host-kernel',
      seen: 'host-kernel',
    });
    expect(code).toBe(1);
  });

  it('looks for disks from a privileged Pod', async () => {
    const { code, stdout } = await cofferdam(verify([GVISOR_CLASS], '--privileged', '-o', 'json'));
    expect(resultsIn(stdout)).toMatchObject([
      { privileged: false, verdict: 'verified' },
      {
        privileged: true,
        verdict: 'verified',
        evidence: expect.arrayContaining([expect.stringContaining('disk')]),
      },
    ]);
    expect(code).toBe(0);
  });

  it('runs in a namespace that is named, past the webhook too, and leaves the namespace', async () => {
    for (const namespace of [GUARDED, ENFORCED]) {
      const { code, stderr } = await cofferdam(verify([GVISOR_CLASS], '-n', namespace));
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      await kubectlOk(['get', 'namespace', namespace]);
      // A Pod that was deleted takes a moment to go.
      await poll('the Pod is gone', async () => ((await left()) === '' ? true : undefined));
    }
  });

  it('says why a probe could not run', async () => {
    const { code, stdout } = await cofferdam(
      verify([GVISOR_CLASS], '--image', 'localhost/no-such-image:1', '--timeout', '20', '-o', 'json'),
    );
    expect(resultsIn(stdout)).toMatchObject([
      { verdict: 'could not run', seen: null, note: expect.stringMatching(/ErrImagePull|ImagePullBackOff/) },
    ]);
    expect(code).toBe(2);
  });

  it('reads the same from a transcript', async () => {
    const { stdout } = await cofferdam(['verify', '--script']);
    const pod = 'cofferdam-e2e-transcript';
    await kubectlOk(['create', '-f', '-'], {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: pod, namespace: GUARDED, labels: { [E2E_LABEL]: 'true' } },
      spec: {
        runtimeClassName: GVISOR_CLASS,
        restartPolicy: 'Never',
        containers: [
          { name: 'probe', image: IMAGE, imagePullPolicy: 'Never', command: ['sh', '-c', stdout] },
        ],
      },
    });
    const log = await poll('the probe has ended', async () => {
      const phase = await kubectlOk(['get', 'pod', pod, '-n', GUARDED, '-o', 'jsonpath={.status.phase}']);
      return phase === 'Succeeded' ? kubectlOk(['logs', pod, '-n', GUARDED]) : undefined;
    });
    await kubectlOk(['delete', 'pod', pod, '-n', GUARDED, '--wait=false']);
    const read = await cofferdam(['verify', '-'], log);
    expect(read.code).toBe(0);
    expect(read.stdout).toMatch(/^consistent with app-kernel \(gVisor\)$/m);
  });

  it('removes everything when it is interrupted', async () => {
    const { child, ended } = start(verify([GVISOR_CLASS, KATA_CLASS]));
    await poll('a probe is there', async () => ((await left()).includes('pod/') ? true : undefined));
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe('SIGINT: removing the probes\nerror: interrupted, so there is no answer\n');
  });

  it('removes what a run that was killed left, and nothing that another run is using', async () => {
    const namespace = (name: string, expires: string) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name,
        labels: { [LABEL]: 'another', [E2E_LABEL]: 'true' },
        annotations: { 'cofferdam.dev/verify-expires': expires },
      },
    });
    const [old, current] = ['cofferdam-e2e-verify-old', 'cofferdam-e2e-verify-current'];
    const soon = new Date(Date.now() + 600_000).toISOString();
    const items = [namespace(old, '2020-01-01T00:00:00Z'), namespace(current, soon)];
    await kubectlOk(['create', '-f', '-'], { apiVersion: 'v1', kind: 'List', items });

    const { code, stderr } = await cofferdam(verify([GVISOR_CLASS]));
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `removed what an earlier run had left behind: ${old}\n`,
    });
    await kubectlOk(['get', 'namespace', current]);
    await kubectlOk(['delete', 'namespace', current]);
    await poll('the old one is gone', async () =>
      (await kubectl(['get', 'namespace', old])).code === 0 ? undefined : true,
    );
  });
});
