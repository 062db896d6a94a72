import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Failure } from '../../src/cli/console/failure.ts';
import type { CliIo } from '../../src/cli/console/io.ts';
import { serveCommand } from '../../src/cli/serve/serve.ts';
import { call, until } from './support.ts';

const SAMPLES = new URL('../../policies/samples/', import.meta.url);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'serve-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A command that runs; `code` is there once it has ended. */
function serve(argv: readonly string[], env: CliIo['env'] = {}) {
  const seen = { out: '', err: '' };
  const io: CliIo = {
    stdin: Readable.from([]),
    out: text => {
      seen.out += text;
    },
    err: text => {
      seen.err += text;
    },
    env,
    color: false,
    isTTY: false,
  };
  const program = new Command('cofferdam')
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err });
  let code: number | undefined;
  serveCommand(program, io, answer => {
    code = answer;
  });
  const done = program.parseAsync(['serve', ...argv], { from: 'user' }).then(() => code);
  return { seen, done };
}

const FREE = ['--port', '0', '--metrics-port', '0'];
const logged = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter(line => line.startsWith('{'))
    .map(line => JSON.parse(line));

describe('cofferdam serve --self-signed --samples', () => {
  it('shows what becomes of the samples, serves on, and ends well on a signal', async () => {
    const { seen, done } = serve(['--self-signed', '--samples', ...FREE]);
    await until(() => seen.out.includes('/mutate/enforce'));
    const rows = seen.out.split('\n').filter(line => /^(admit|sandbox|reject) /.test(line));
    expect(rows).toHaveLength(readdirSync(SAMPLES).filter(name => name.endsWith('.yaml')).length);
    expect(rows.length).toBeGreaterThanOrEqual(10);
    expect(new Set(rows.map(row => row.split(' ')[0]))).toEqual(new Set(['admit', 'sandbox', 'reject']));
    expect(seen.out).not.toContain('{"level"');

    const [, ca = '', url = ''] = /--cacert (\S+) .*(https:\S+)/s.exec(seen.out) ?? [];
    const body = readFileSync(new URL('review.json', SAMPLES), 'utf8');
    const { body: review } = await call(url, body, { ca: readFileSync(ca) });
    expect(review.response).toMatchObject({ allowed: true, patchType: 'JSONPatch' });

    process.emit('SIGTERM', 'SIGTERM');
    expect(await done).toBe(0);
    expect(existsSync(ca)).toBe(false);
    expect(logged(seen.err).map(({ msg }) => msg)).toEqual([
      expect.stringMatching(/^no cluster file: the labels of namespaces are not known/),
      'serving',
      'decision',
      'stopping',
      'stopped',
    ]);
  });
});

describe('ports that are in use', () => {
  const taken: Server[] = [];
  const take = async (port: number): Promise<number> => {
    const server = createServer().listen(port, '127.0.0.1');
    taken.push(server);
    await once(server, 'listening').catch(() => undefined);
    return (server.address() as AddressInfo | null)?.port ?? port;
  };
  afterEach(() => {
    for (const server of taken.splice(0)) server.close();
  });

  it('give way to free ones where samples are shown and nobody asked for them, and it says which', async () => {
    // Whoever else has them may be another of these.
    await Promise.all([take(8443), take(8080)]);
    const { seen, done } = serve(['--self-signed', '--samples']);
    await until(() => seen.out.includes('/mutate/enforce'));
    const port = /Serving on https:\/\/127\.0\.0\.1:(\d+) /.exec(seen.out)?.[1];
    expect(port).not.toBe('8443');
    expect(seen.err).toContain(`warning: port 8443 is in use, so the webhook is on port ${port}\n`);
    const [, probes] = /warning: port 8080 is in use, so livez, .* on port (\d+)\n/.exec(seen.err) ?? [];
    expect((await fetch(`http://127.0.0.1:${probes}/readyz`)).status).toBe(200);
    process.emit('SIGTERM', 'SIGTERM');
    expect(await done).toBe(0);
  });

  it.each([
    ['--port', ['--samples'], {}],
    ['--port', ['--samples'], { COFFERDAM_PORT: 'PORT' }],
    ['--metrics-port', [], {}],
  ])(
    'are an error where they were asked for, or where it is no trial: %s %j %j',
    async (flag, more, variables) => {
      const port = String(await take(0));
      const env = Object.fromEntries(Object.keys(variables).map(name => [name, port]));
      const asked = Object.keys(env).length > 0 ? ['--metrics-port', '0'] : [...FREE, flag, port];
      const error = await serve(['--self-signed', ...more, ...asked], env).done.catch((e: unknown) => e);
      expect((error as Failure).message).toBe(`port ${port} is in use on 127.0.0.1`);
      expect((error as Failure).hint).toBe(`Choose another with ${flag}.`);
    },
  );
});

describe('settings from the environment', () => {
  it('are taken, and the command line wins', async () => {
    const env = {
      COFFERDAM_SELF_SIGNED: 'true',
      COFFERDAM_PORT: '0',
      COFFERDAM_METRICS_PORT: 'not this',
      COFFERDAM_CA_OUT: join(folder, 'ca.crt'),
      COFFERDAM_SHUTDOWN_DELAY: '0',
      COFFERDAM_POLICY: 'strict,multi-tenant',
      COFFERDAM_NO_BALANCED: 'true',
      COFFERDAM_LOG_LEVEL: '',
    };
    const { seen, done } = serve(['--metrics-port', '0'], env);
    await until(() => seen.out.includes('"serving"'));
    expect(readFileSync(env.COFFERDAM_CA_OUT, 'utf8')).toContain('BEGIN CERTIFICATE');
    process.emit('SIGINT', 'SIGINT');
    expect(await done).toBe(0);
    expect(logged(seen.out).at(-2)).toMatchObject({ msg: 'stopping', signal: 'SIGINT', delay: 0 });
  });
});

it('warns of a variable that is mistyped, also where it does not start', async () => {
  const { seen, done } = serve([], { COFFERDAM_SELF_SINGED: 'true', COFFERDAM_PORT: 'tcp://10.0.0.1:443' });
  await expect(done).rejects.toThrow('no certificate to serve with');
  expect(seen.err).toBe(
    'warning: COFFERDAM_SELF_SINGED is no setting; did you mean COFFERDAM_SELF_SIGNED?\n',
  );
});

describe('what it refuses to start with', () => {
  const policy = () => {
    const file = join(folder, 'bad.yaml');
    writeFileSync(
      file,
      'apiVersion: cofferdam.dev/v1alpha1\nkind: ClusterSandboxPolicy\nmetadata: {name: bad}\nspec:\n  minimumIsolation: most\n',
    );
    return file;
  };
  it.each<[string, string[], Record<string, string>, RegExp]>([
    ['no certificate', [], {}, /^no certificate to serve with$/],
    ['a certificate without a key', ['--tls-cert', 'x'], {}, /go together/],
    ['two certificates', ['--self-signed', '--tls-cert', 'x'], {}, /does not go with/],
    ['files that are not there', ['--tls-cert', '/none/a', '--tls-key', '/none/b'], {}, /ENOENT.*\/none\/a/],
    ['strangers where nobody is known', ['--self-signed', '--strangers'], {}, /--strangers goes with/],
    ['a client CA that is not there', ['--self-signed', '--client-ca', '/none/c'], {}, /ENOENT.*\/none\/c/],
    [
      'a CA to a folder that is not there',
      ['--self-signed', '--ca-out', '/none/d', ...FREE],
      {},
      /cannot write/,
    ],
    ['samples with files', ['--samples', '--tls-cert', 'a', '--tls-key', 'b'], {}, /--samples goes with/],
    ['standard input', ['--self-signed', '--policy', '-'], {}, /standard input/],
    [
      'a cluster from two places',
      ['--self-signed', '--cluster', 'a', '--kubeconfig', 'b'],
      {},
      /^--cluster and --kubeconfig do not go together$/,
    ],
    [
      'a kubeconfig in a Pod',
      ['--self-signed', '--kubeconfig', 'b', '--in-cluster'],
      {},
      /do not go together/,
    ],
    [
      'samples of a cluster',
      ['--self-signed', '--samples', '--in-cluster'],
      {},
      /--samples does not go with/,
    ],
    ['a status of no cluster', ['--self-signed', '--status'], {}, /^--status goes with/],
    ['a scan of no cluster', ['--self-signed', '--scan'], {}, /^--scan goes with --kubeconfig/],
    [
      'namespaces that no scan is there to skip',
      ['--self-signed', '--kubeconfig', 'x', '--scan-skip-namespace', 'a'],
      {},
      /^--scan-skip-namespace goes with --scan$/,
    ],
    [
      'a Lease for no work',
      ['--self-signed', '--kubeconfig', 'x', '--lease-namespace', 'a'],
      {},
      /^--lease-namespace goes with --status, --guard or --scan$/,
    ],
    [
      'a kubeconfig that is not there',
      ['--self-signed', '--kubeconfig', '/none/e'],
      {},
      /which cluster to watch: cannot read the kubeconfig \S*\/none\/e\S*: no such file or folder/,
    ],
    [
      'a kubeconfig that is something else',
      ['--self-signed', '--kubeconfig', fileURLToPath(new URL('review.json', SAMPLES))],
      {},
      /^cannot tell which cluster to watch: the kubeconfig has no current context$/,
    ],
    [
      'a context of no kubeconfig',
      ['--self-signed', '--in-cluster', '--context', 'a'],
      {},
      /^--context goes with --kubeconfig$/,
    ],
    [
      'a context that the kubeconfig does not have',
      ['--self-signed', '--kubeconfig', fileURLToPath(new URL('review.json', SAMPLES)), '--context', 'a'],
      {},
      /which cluster to watch: no context "a"; there is none$/,
    ],
    [
      'an address that is not ours',
      ['--self-signed', '--address', '192.0.2.1'],
      {},
      /cannot listen on 192\.0\.2\.1/,
    ],
    [
      'a port that is none',
      ['--self-signed'],
      { COFFERDAM_PORT: '70000' },
      /^COFFERDAM_PORT is "70000"\. A port/,
    ],
    [
      'a level that is none',
      ['--self-signed'],
      { COFFERDAM_LOG_LEVEL: 'loud' },
      /^COFFERDAM_LOG_LEVEL is "loud"\./,
    ],
    ['a switch that is none', [], { COFFERDAM_SELF_SIGNED: 'maybe' }, /not true or false/],
    ['a switch that is off', [], { COFFERDAM_SELF_SIGNED: 'false' }, /no certificate/],
  ])('%s', async (_what, argv, env, message) => {
    const error = await serve(argv, env).done.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Failure);
    expect((error as Failure).message).toMatch(message);
  });

  it.each([
    [
      ['--tls-cert', '/none/a', '--tls-key', '/none/b'],
      'Check --tls-cert and --tls-key: PEM, readable by this user, the key without a passphrase.',
    ],
    [['--self-signed', '--client-ca', '/none/c'], 'Check --client-ca: PEM, readable by this user.'],
    [['--self-signed', '--kubeconfig', '/none/e'], 'Check --kubeconfig and --context.'],
    [['--self-signed', '--status'], 'It is work on a cluster: name one, or leave it out.'],
  ])('%j, and says what to do', async (argv, hint) => {
    await expect(serve(argv).done).rejects.toMatchObject({ hint });
  });

  it.each([
    ['--port', 'x'],
    ['--port', '65536'],
    ['--shutdown-delay', '-1'],
    ['--log-level', 'loud'],
    ['--refusal-help', 'one line\nand another'],
    ['--refusal-help', 'x'.repeat(401)],
  ])('%s %s, a usage error', async (...argv) => {
    await expect(serve(argv).done).rejects.toBeInstanceOf(CommanderError);
  });

  it('the cluster that it runs in, where it runs in none', async () => {
    vi.stubEnv('KUBERNETES_SERVICE_HOST', '');
    try {
      const { done } = serve(['--self-signed', '--in-cluster']);
      await expect(done).rejects.toMatchObject({
        message: 'cannot tell which cluster to watch: this process does not run in a Pod',
        hint: 'Run it in a Pod, as the chart does, or name a kubeconfig with --kubeconfig FILE.',
      });
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('a policy with a problem, told with file, line and field', async () => {
    const file = policy();
    const { seen, done } = serve(['--self-signed', '--policy', file]);
    await expect(done).rejects.toThrow(/problems, so the webhook was not started/);
    expect(seen.err).toContain(`${file}:5: error: ClusterSandboxPolicy/bad: spec.minimumIsolation: `);
  });

  it.each([
    ['RuntimeClass', 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n'],
    ['RuntimeClass', 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n'],
    ['Namespace', 'apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: a}\nhandler: runsc\n'],
  ])('a cluster file without a %s: %j', async (kind, text) => {
    const file = join(folder, 'cluster.yaml');
    writeFileSync(file, text);
    const { seen, done } = serve(['--self-signed', '--cluster', file]);
    await expect(done).rejects.toBeInstanceOf(Failure);
    expect(seen.err).toContain(`${file}: error: holds no ${kind}, so `);
  });
});
