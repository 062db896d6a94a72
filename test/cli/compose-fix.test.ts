import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cofferdam } from './stranger.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cofferdam-compose-fix-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const fileOf = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

const fix = async (text: string, ...argv: readonly string[]) => {
  const { code, out, err } = await cofferdam(['explain', '-', '--fix', '--no-config', ...argv], {
    stdin: text,
    columns: 200,
  });
  return { code, out, err };
};

/** The text once `--fix --write` has been at it. */
const written = async (text: string, ...argv: readonly string[]) => {
  const file = fileOf('compose.yaml', text);
  const { code, err } = await cofferdam(['explain', file, '--fix', '--write', '--no-config', ...argv], {
    columns: 200,
  });
  return { code, err, text: readFileSync(file, 'utf8') };
};

const reviewCode = async (text: string, ...argv: readonly string[]): Promise<number> =>
  (await cofferdam(['review', fileOf('reviewed.yaml', text), '--no-config', ...argv])).code;

const SHOP = `# The shop.
services:
  jobs: # by night
    # pinned
    image:   jobs:1 # never latest
    x-cofferdam-risk: high

  front:
    image: front:1
  web:
    image: web:1
    privileged: true # why
    cap_add: [SYS_ADMIN]
    pid: host
    volumes:
      - /var/run/docker.sock:/x
      - ./data:/data
`;
const MENDED = SHOP.replace('never latest\n', 'never latest\n    runtime: runsc\n')
  .replace('web:1\n', 'web:1\n    runtime: runsc\n')
  .replace('    privileged: true # why\n', '')
  .replace('    pid: host\n', '')
  .replace('      - /var/run/docker.sock:/x\n', '');
const RISK = 'x-cofferdam-risk: high';

/** Everything is loaded in the first, which takes its time where a machine is busy. */
const AT_MOST = { timeout: 120_000 };

describe('--fix of a Compose file', AT_MOST, () => {
  it('has a service name the runtime that it needs, and tells what it leads to', async () => {
    expect(await fix(`services:\n  jobs:\n    image: jobs:1\n    ${RISK}\n`)).toEqual({
      code: 0,
      out: `--- a/-
+++ b/-
@@ -1,4 +1,5 @@
 services:
   jobs:
     image: jobs:1
+    runtime: runsc
     x-cofferdam-risk: high
`,
      err: `-:2: Service/jobs: sandbox, on runtime "runsc" (app-kernel) → admit, on runtime "runsc" (app-kernel)
  line 2  services.jobs.runtime: set to runsc
    This runtime is enough.
Assumed: runtimes runsc and io.containerd.kata.v2. --docker-daemon FILE tells yours.
`,
    });
  });

  it('mends several services, and leaves all else as it stands', async () => {
    const { code, text, err } = await written(SHOP);
    expect({ code, text }).toEqual({ code: 0, text: MENDED });
    expect(err).toContain('services.web.pid = host: removed\n    Fix: Remove pid.');
  });

  it('makes a patch that git applies', async () => {
    fileOf('compose.yaml', SHOP);
    const { out } = await fix(SHOP);
    const patch = out.replaceAll(/^(---|\+\+\+) ([ab])\/-$/gm, '$1 $2/compose.yaml');
    execFileSync('git', ['apply', '-'], { cwd: folder, input: patch });
    expect(readFileSync(join(folder, 'compose.yaml'), 'utf8')).toBe(MENDED);
  });

  it('leads to what review says, and has nothing to do a second time', async () => {
    expect(await reviewCode(SHOP)).toBe(1);
    expect(await reviewCode(MENDED)).toBe(0);
    const { code, out, err } = await fix(MENDED);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(err).toContain('nothing to fix: 3 objects');
  });

  it('keeps the line ends of Windows, and an end without one', async () => {
    const windows = SHOP.replaceAll('\n', '\r\n').trimEnd();
    expect((await written(windows)).text).toBe(MENDED.replaceAll('\n', '\r\n').trimEnd());
    const short = `services:\n  a:\n    ${RISK}`;
    expect((await written(`${short}\n    image: a`)).text).toBe(`${short}\n    runtime: runsc\n    image: a`);
    const nested = 'services:\n  a:\n    labels:\n      cofferdam.dev/risk: high';
    expect((await written(nested)).text).toBe(`${nested}\n    runtime: runsc`);
  });

  it.each([
    [`services: {a: {image: a, ${RISK}}}\n`, `services: {a: {runtime: runsc, image: a, ${RISK}}}\n`],
    [
      '{\n  "services": {\n    "a": {\n      "image": "a",\n      "x-cofferdam-risk": "high"\n    }\n  }\n}\n',
      '{\n  "services": {\n    "a": {\n      "runtime": "runsc",\n      "image": "a",\n      "x-cofferdam-risk": "high"\n    }\n  }\n}\n',
    ],
    [
      `services:\n  a: {\n    image: a, # why\n    ${RISK}\n  }\n`,
      `services:\n  a: {\n    runtime: runsc,\n    image: a, # why\n    ${RISK}\n  }\n`,
    ],
  ])('is written in brackets where the service is', async (text, after) => {
    expect(await written(text)).toMatchObject({ code: 0, text: after });
  });

  it.each([
    ['runtime: runc # fast', 'runtime: runsc # fast'],
    ['runtime: "runc"', 'runtime: "runsc"'],
    ['runtime:', 'runtime: runsc'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a variable of a Compose file
    ['runtime: ${RUNTIME}', 'runtime: runsc'],
  ])('puts the runtime in the place of one that is not enough: %s', async (before, after) => {
    const text = `services:\n  a:\n    ${before}\n    image: a\n    ${RISK}\n`;
    const daemon = fileOf('daemon.json', JSON.stringify({ runtimes: { runsc: { path: '/bin/runsc' } } }));
    expect(await written(text, '--docker-daemon', daemon)).toMatchObject({
      code: 0,
      text: text.replace(before, after),
    });
  });

  it.each([
    ['volumes', '- type: bind\n        source: /etc\n        target: /x'],
    ['volumes', '- type: volume\n        target: /x\n        source: etc'],
    ['secrets', '- source: shadow\n        target: /x'],
  ])('removes all of what the long syntax of %s says: %s', async (field, item) => {
    const front = 'services:\n  a:\n    image: a\n';
    const rest =
      'volumes: {etc: {driver_opts: {o: bind, device: /etc}}}\nsecrets: {shadow: {file: /etc/shadow}}\n';
    const text = `${front}    ${field}:\n      - other\n      ${item}\n${rest}`;
    expect(await written(text)).toMatchObject({
      code: 0,
      text: `${front}    ${field}:\n      - other\n${rest}`,
    });
  });

  it('knows the default of the daemon, and names a better one', async () => {
    const text = `services:\n  a:\n    image: a\n    ${RISK}\n`;
    const runtimes = { boxed: { path: '/bin/runsc' }, plain: { path: '/bin/crun' } };
    const boxed = fileOf('boxed.json', JSON.stringify({ 'default-runtime': 'boxed', runtimes }));
    expect(await written(text, '--docker-daemon', boxed)).toMatchObject({ code: 0, text });
    const plain = fileOf('plain.json', JSON.stringify({ 'default-runtime': 'plain', runtimes }));
    const mended = text.replace('image: a\n', 'image: a\n    runtime: boxed\n');
    expect(await written(text, '--docker-daemon', plain)).toMatchObject({ code: 0, text: mended });
  });

  it('shows no values of variables and no commands around a change', async () => {
    const text = `x-env: &env\n  TOKEN: secret\nservices:\n  a:\n    image: a\n    command: run --token=secret\n    environment:\n      <<: *env\n      TOKEN: secret\n    ${RISK}\n`;
    const { code, out } = await fix(text);
    expect(code).toBe(0);
    expect(out).toContain('+    runtime: runsc\n');
    expect(out).not.toContain('secret');
  });

  it('takes a runtime that is less isolated, or none, with --to', async () => {
    const text = 'services:\n  a:\n    image: a\n    runtime: io.containerd.kata.v2\n';
    expect((await written(text, '--to', 'host-kernel')).text).toBe(
      text.replace('    runtime: io.containerd.kata.v2\n', ''),
    );
    const risky = `${text}    ${RISK}\n`;
    expect((await written(risky, '--to', 'app-kernel')).text).toBe(
      risky.replace('io.containerd.kata.v2', 'runsc'),
    );
  });

  it('has its edits as a JSON Patch', async () => {
    const { out } = await fix(`services:\n  a:\n    image: a\n    ${RISK}\n`, '-o', 'json');
    expect(JSON.parse(out).results).toMatchObject([
      { edits: [{ op: 'add', path: '/services/a/runtime', value: 'runsc' }], byHand: null },
    ]);
  });

  it('gives no answer with --strict where the daemon is not known', async () => {
    const text = `services:\n  a:\n    image: a\n    ${RISK}\n`;
    expect(await written(text, '--strict')).toMatchObject({ code: 2, text });
  });
});

describe('--fix leaves to a person', AT_MOST, () => {
  const untouched = async (text: string, why: string) => {
    const result = await written(text);
    expect(result).toMatchObject({ code: 1, text });
    expect(result.err).toContain(why);
  };

  it('a service that another is an alias of', async () => {
    await untouched(
      `services:\n  a: &a\n    image: a\n    labels: {cofferdam.dev/risk: high}\n  b: *a\n`,
      'by an alias, a merge key or service:NAME.\n  Fix: Set runtime to "runsc".',
    );
  });

  it('a service of which another has its share by a merge key', async () => {
    await untouched(
      `services:\n  a: &a\n    image: a\n    ${RISK}\n  b:\n    <<: *a\n    x-cofferdam-risk: low\n`,
      'by an alias, a merge key or service:NAME.',
    );
  });

  it('what several services have of a template', async () => {
    const text = `x-base: &base\n  privileged: true\nservices:\n  a:\n    <<: *base\n    image: a\n  b:\n    <<: *base\n    image: b\n`;
    const file = fileOf('compose.yaml', text);
    const { code } = await cofferdam([
      ...['explain', file, '--fix', '--write', '--no-config', '--name', 'a'],
    ]);
    expect([code, readFileSync(file, 'utf8')]).toEqual([1, text]);
  });

  it('a service that another joins in the namespaces of the host', async () => {
    const text = 'services:\n  a:\n    image: a\n    pid: host\n  b:\n    image: b\n    pid: service:a\n';
    const file = fileOf('compose.yaml', text);
    const argv = ['explain', file, '--fix', '--write', '--no-config', '--name', 'a'];
    const { code } = await cofferdam(argv);
    expect([code, readFileSync(file, 'utf8')]).toEqual([1, text]);
    expect((await written(text)).text).toBe('services:\n  a:\n    image: a\n  b:\n    image: b\n');
  });

  it('a service that another extends', async () => {
    const text = `services:\n  a:\n    image: a\n    ${RISK}\n  b:\n    extends: a\n`;
    const { code, text: after, err } = await written(text);
    expect([code, after]).toEqual([2, text]);
    expect(err).toContain('Another service of the file extends it, and would change with it.');
  });

  it('a path of the host in the place of which something has to come', async () => {
    await untouched(
      'services:\n  a:\n    image: a\n    devices: [/dev/sda]\n',
      'Fix: Remove the device, or run the service on a host of its own.',
    );
  });

  it('the volumes of another service, as more would go than what was found', async () => {
    const text =
      'services:\n  a:\n    image: a\n    volumes_from: [b]\n  b:\n    image: b\n    volumes: [data:/data, /var/run/docker.sock:/x]\n';
    const file = fileOf('compose.yaml', text);
    const argv = ['explain', file, '--fix', '--write', '--no-config', '--name', 'a'];
    const { code, err } = await cofferdam(argv);
    expect([code, readFileSync(file, 'utf8')]).toEqual([1, text]);
    expect(err).toContain('Service/a: reject → to be changed by hand');
  });
});

it('adds a runtime to a service that has its part of a template', AT_MOST, async () => {
  const text = `x-base: &base\n  image: a\n  ${RISK}\nservices:\n  a:\n    <<: *base\n  b:\n    <<: *base\n    image: b\n`;
  expect(await written(text)).toMatchObject({
    code: 0,
    text: text.replaceAll('    <<: *base\n', '    <<: *base\n    runtime: runsc\n'),
  });
});

it('has no answer to --exempt, which is about manifests', AT_MOST, async () => {
  const stdin = `services:\n  jobs:\n    image: jobs:1\n    ${RISK}\n`;
  const { code, out, err } = await cofferdam(['explain', '-', '--exempt', '--no-config'], { stdin });
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain('--exempt is about manifests, and jobs is a service of a Compose file');
});
