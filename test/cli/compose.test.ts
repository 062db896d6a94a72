import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeFiles } from '../support/write-files.ts';
import { validate } from './review-schema.ts';
import { cofferdam } from './stranger.ts';

const RISKY = 'services:\n  jobs:\n    image: jobs:1\n    x-cofferdam-risk: high\n';

let folder: string;
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cofferdam-compose-'));
  await writeFiles(folder, {
    'risky.yaml': RISKY,
    'sandboxed.yaml': `${RISKY}    runtime: runsc\n`,
    'socket.yaml':
      'services:\n  proxy:\n    image: traefik:3\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock:ro\n',
    'runsc.json': JSON.stringify({
      runtimes: { boxed: { path: '/usr/local/bin/runsc' }, runsc: { path: '/usr/bin/runc' } },
    }),
    'default.json': JSON.stringify({
      'default-runtime': 'boxed',
      runtimes: { boxed: { path: '/usr/local/bin/runsc' } },
    }),
    'broken.json': '{"runtimes": []}',
    'linked/compose.yaml': 'services:\n  a:\n    image: a:1\n    volumes: ["./out:/a", "./in:/b"]\n',
    'linked/in/a.txt': 'a',
  });
  symlinkSync('/etc', at('linked/out'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Result {
  readonly kind: string;
  readonly name: string;
  readonly verdict: string;
  readonly runtimeClass: string | null;
  readonly findings: readonly { readonly signal: string; readonly path: string; readonly line: number }[];
}

async function review(...argv: readonly string[]) {
  const { code, out, err } = await cofferdam(['review', ...argv, '-o', 'json', '--no-config']);
  const document = JSON.parse(out);
  expect(validate(document) || validate.errors).toBe(true);
  return { code, err, document, results: document.results as readonly Result[] };
}

/** Everything is loaded in the first, which takes its time where a machine is busy. */
const AT_MOST = { timeout: 120_000 };

describe('a Compose file', AT_MOST, () => {
  it('is reviewed service by service, and a runtime that is lacking fails: Docker sets none', async () => {
    const { code, results, document } = await review(at('risky.yaml'));
    expect(results).toMatchObject([
      { kind: 'Service', name: 'jobs', verdict: 'sandbox', runtimeClass: 'runsc' },
    ]);
    expect(document.assumed).toEqual({
      classes: [],
      nodes: false,
      namespaces: [],
      runtimes: ['runsc', 'io.containerd.kata.v2'],
    });
    expect(code).toBe(1);
    expect((await review(at('risky.yaml'), '--fail-on', 'reject')).code).toBe(0);
    expect((await review(at('sandboxed.yaml'))).code).toBe(0);
  });

  it('is told in the words of Compose', async () => {
    const { out } = await cofferdam(['review', at('risky.yaml'), '--no-config'], { columns: 200 });
    expect(out).toContain(
      'Runtime "runsc" (app-kernel) has to be set: the service needs an application kernel (app-kernel) because of the label cofferdam.dev/risk=high on the service.',
    );
    expect(out).toContain(
      'Assumed: runtimes runsc and io.containerd.kata.v2. --docker-daemon FILE tells yours.',
    );
    expect(out).not.toMatch(/RuntimeClass|runtimeClassName/);
  });

  it('has its findings at their fields and lines, with what to do there', async () => {
    const { code, results } = await review(at('socket.yaml'));
    const [finding] = results[0]?.findings ?? [];
    expect(finding).toMatchObject({ signal: 'hostPathSocket', path: 'services.proxy.volumes[0]', line: 5 });
    expect(code).toBe(1);
    const { out } = await cofferdam(['review', at('socket.yaml'), '--no-config']);
    expect(out).toContain('Fix: Remove the mount;');
  });

  it('is followed to where its links lead', async () => {
    const { results } = await review(at('linked/compose.yaml'));
    expect(results[0]?.findings.filter(({ signal }) => signal.startsWith('hostPath'))).toMatchObject([
      { signal: 'hostPathSystem', path: 'services.a.volumes[0]', value: '/etc' },
    ]);
  });

  it('is explained, with the exemption that would let it be', async () => {
    const { code, out } = await cofferdam(['explain', at('socket.yaml'), '--no-config']);
    expect(out).toMatch(/^Service\/proxy in namespace default \(.*socket\.yaml:2\)\nVerdict: reject\n/);
    expect(out).toContain('runsc (app-kernel, handler runsc, profile gvisor): does not fit');
    expect(out).toContain('kind: SandboxExemption');
    expect(out).not.toMatch(/RuntimeClass|What the webhook would patch/);
    expect(code).toBe(1);
  });

  it('is read from standard input, and beside manifests', async () => {
    const stdin = `${RISKY}---\napiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {cofferdam.dev/risk: high}}\nspec: {containers: [{name: a, image: a:1}]}\n`;
    const { out, code } = await cofferdam(['review', '-', '-o', 'json', '--no-config'], { stdin });
    const { results, assumed } = JSON.parse(out);
    expect(results).toMatchObject([
      { kind: 'Service', runtimeClass: 'runsc' },
      { kind: 'Pod', runtimeClass: 'gvisor' },
    ]);
    expect(assumed).toMatchObject({
      classes: ['gvisor', 'kata-qemu'],
      runtimes: ['runsc', 'io.containerd.kata.v2'],
    });
    expect(code).toBe(1);
  });

  it('that nobody named is passed over and counted, as before', async () => {
    const { code, document } = await review(folder);
    expect(document.results).toEqual([]);
    expect(document.summary.unrelated).toBeGreaterThan(3);
    expect(code).toBe(0);
  });

  it('is an answer in every case with --strict only where the daemon is known', async () => {
    const assumed = await cofferdam(['review', at('risky.yaml'), '--strict', '--no-config']);
    expect([assumed.code, assumed.err]).toEqual([
      2,
      expect.stringContaining('rests on what was assumed: Service/jobs'),
    ]);
    const known = await cofferdam([
      'review',
      at('risky.yaml'),
      '--strict',
      '--no-config',
      '--docker-daemon',
      at('runsc.json'),
    ]);
    expect(known.code).toBe(1);
  });
});

describe('a command that is about clusters alone', AT_MOST, () => {
  it('says so: diff', async () => {
    const { code, err } = await cofferdam([
      'diff',
      at('risky.yaml'),
      '--policy',
      'strict',
      '--base-policy',
      'balanced',
      '--no-config',
    ]);
    expect(code).toBe(2);
    expect(err).toContain('is a Compose file, which diff does not take');
  });
});

describe('--docker-daemon', AT_MOST, () => {
  it('names the runtimes by what they start', async () => {
    const { results, document } = await review(at('risky.yaml'), '--docker-daemon', at('runsc.json'));
    expect(results).toMatchObject([{ verdict: 'sandbox', runtimeClass: 'boxed' }]);
    expect(document.assumed.runtimes).toBeUndefined();
  });

  it('takes no word for a sandbox', async () => {
    const { code, results } = await review(at('sandboxed.yaml'), '--docker-daemon', at('runsc.json'));
    expect(results).toMatchObject([
      { verdict: 'reject', reasons: [expect.stringContaining('its runtime "runsc"')] },
    ]);
    expect(code).toBe(1);
    const { out } = await cofferdam([
      'review',
      at('sandboxed.yaml'),
      '--docker-daemon',
      at('runsc.json'),
      '--no-config',
    ]);
    expect(out).toContain('Fix: Set runtime to "boxed".');
  });

  it('has services that name none in the default runtime', async () => {
    const { code, results } = await review(at('risky.yaml'), '--docker-daemon', at('default.json'));
    expect(results).toMatchObject([{ verdict: 'admit', runtimeClass: 'boxed' }]);
    expect(code).toBe(0);
  });

  it.each(['broken.json', 'none.json'])('that is none is no answer: %s', async name => {
    const { code, out, err } = await cofferdam([
      'review',
      at('risky.yaml'),
      '--docker-daemon',
      at(name),
      '--no-config',
    ]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('the --docker-daemon file has problems');
  });

  it('is needed for a runtime that is not well known', async () => {
    const file = at('fancy.yaml');
    await writeFiles(folder, { 'fancy.yaml': 'services: {a: {image: a, runtime: fancy}}\n' });
    const { code, err } = await cofferdam(['review', file, '--no-config']);
    expect(code).toBe(2);
    expect(err).toContain('services.a.runtime: found runtime "fancy", expected a well-known one');
    expect(err).toContain('--docker-daemon FILE');
    const known = await review(file, '--docker-daemon', at('runsc.json'));
    expect(known.results).toMatchObject([{ verdict: 'reject' }]);
    rmSync(file);
  });
});
