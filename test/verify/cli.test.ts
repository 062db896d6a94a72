import { release } from 'node:os';
import { describe, expect, it } from 'vitest';
import { PROBE_SCRIPT } from '../../src/verify/transcript.ts';
import { cofferdam } from '../cli/stranger.ts';
import { CLUSTER } from '../support/cluster-objects.ts';
import { startApiServer } from '../support/kube-server.ts';
import { NODE, textOf } from './support.ts';

const CAVEAT =
  'A program can fake what it prints: this shows how a runtime is set up, not that it is trustworthy.\n';

describe('cofferdam verify -', () => {
  it.each([
    ['gvisor', [], 0, 'consistent with app-kernel (gVisor)'],
    ['gvisor-old', [], 0, 'consistent with app-kernel (gVisor)'],
    ['kata-clh', [], 0, 'consistent with vm (Kata, Cloud Hypervisor)'],
    ['runc', [], 2, 'consistent with anything'],
    ['runc', ['--host-kernel', NODE.release ?? ''], 1, 'consistent with host-kernel'],
    ['runc', ['--host-kernel', '6.2'], 0, 'consistent with vm (Firecracker)'],
  ])('%s %j', async (name, more, code, verdict) => {
    const ran = await cofferdam(['verify', '-', ...more], { stdin: textOf(name) });
    expect({ code: ran.code, err: ran.err }).toEqual({ code, err: '' });
    expect(ran.out.split('\n')[0]).toBe(verdict);
    expect(ran.out.endsWith(CAVEAT)).toBe(true);
  });

  it('takes the kernel of this machine for the host kernel', async () => {
    const stdin = `Linux web ${release()} #1 SMP x86_64 Linux\n`;
    const out = `consistent with host-kernel\n  kernel release ${release()} is that of this machine\n${CAVEAT}`;
    expect(await cofferdam(['verify', '-'], { stdin })).toEqual({ code: 1, out, err: '' });
  });

  it('says what would tell', async () => {
    const { out } = await cofferdam(['verify', '-'], { stdin: 'Linux version 0.1 (x) #1\n' });
    expect(out).toBe(
      `consistent with anything\n  kernel release 0.1\nNothing tells a sandbox from the host kernel. Give the release of the host's kernel: --host-kernel\n"$(uname -r)", run on that host.\n${CAVEAT}`,
    );
  });

  it('prints JSON', async () => {
    const { code, out } = await cofferdam(['verify', '-', '-o', 'json'], { stdin: textOf('gvisor-old') });
    expect(JSON.parse(out)).toEqual({
      version: expect.any(String),
      consistentWith: 'app-kernel',
      products: ['gVisor'],
      evidence: [
        "kernel build #1 SMP Sun Jan 10 15:06:54 PST 2016 is gVisor's",
        'dmesg: Starting gVisor...',
        'kernel release 4.4.0',
      ],
    });
    expect(code).toBe(0);
  });
});

it('cofferdam verify --script prints what a probe runs', async () => {
  expect(await cofferdam(['verify', '--script'])).toEqual({ code: 0, out: PROBE_SCRIPT, err: '' });
});

describe('cofferdam verify has no answer', () => {
  it.each([
    [
      ['verify', '-'],
      'error: standard input has no line of "uname -a", /proc/version or dmesg\nRun in the sandbox what "cofferdam verify --script" prints, and pipe its output into this command.\n',
    ],
    [
      ['verify', 'file.txt'],
      'error: a transcript is read from standard input, not from "file.txt"\nWrite: cofferdam verify - < FILE\n',
    ],
    [
      ['verify', '--host-kernel', '6.1'],
      'error: --host-kernel is only for transcripts\nLeave it out: in a cluster, each node reports its own kernel.\n',
    ],
    [
      ['verify', '--parallel', '0'],
      `error: option '--parallel <number>' argument '0' is invalid. Expected a number from 1 to 100.\nRun "cofferdam verify --help" for usage.\n`,
    ],
    [
      ['verify', '-', '--write-profiles'],
      'error: a transcript does not tell which handler it comes from, so no profile can be drafted\nTo probe a cluster, leave out the -.\n',
    ],
    [
      ['verify', '-o', 'table', '--write-profiles'],
      'error: more than one output to standard output\nSend all but one to a file, such as "-o profiles=FILE".\n',
    ],
    [['verify', '--write-profiles='], 'error: "-o profiles=" names no file\nWrite "-o profiles=FILE".\n'],
    [['verify', '-o', 'yaml'], 'error: unknown output format "yaml"\nFormats: table, json, profiles.\n'],
    [
      ['verify', '--kubeconfig', '/no/such/file'],
      'error: cannot read the kubeconfig /no/such/file: no such file or folder\nName a kubeconfig with --kubeconfig or $KUBECONFIG, and a context of it with --context.\n',
    ],
  ])('%j', async (argv, err) => {
    expect(await cofferdam(argv)).toEqual({ code: 2, out: '', err });
  });
});

it('prints help with examples and exit codes', async () => {
  const { code, out } = await cofferdam(['verify', '--help']);
  expect(code).toBe(0);
  expect(out).toContain('Examples:\n  cofferdam ');
});

describe('a cluster that does not let it', () => {
  it.each([
    ['/apis/node.k8s.io/v1/runtimeclasses', 'runtimeclasses.node.k8s.io'],
    ['/api/v1/nodes', 'nodes'],
  ])('list %s is told as review tells it', async (path, resource) => {
    for (const [argv, promise] of [
      [['verify'], ''],
      [['review', '--from-cluster'], '; nothing is written'],
    ] as const) {
      const server = await startApiServer({ ...CLUSTER, '/api/v1/pods': [], [path]: 403 });
      try {
        expect(await cofferdam([...argv, '--kubeconfig', server.kubeconfig])).toEqual({
          code: 2,
          out: '',
          err: `error: ${path} is not for you\nAsk for a ClusterRole with verb list on ${resource}${promise}.\n`,
        });
      } finally {
        await server.stop();
      }
    }
  });
});
