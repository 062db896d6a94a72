import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cofferdam } from './stranger.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cofferdam-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const WEB = `# The front of the shop.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web # its name
  namespace: shop
spec:
  template:
    spec:
      # to trace the others
      hostPID: true
      containers:
        - name: web
          image: web:1
          securityContext:
            privileged: true # why
          ports:
            - hostPort: 80
              containerPort: 80
---
apiVersion: v1
kind: ConfigMap
metadata: {name:   odd , }
`;
const REMOVED = WEB.replace('      hostPID: true\n', '');
const NEITHER = REMOVED.replace(
  '          securityContext:\n            privileged: true # why\n',
  '',
).replace('- hostPort: 80\n              containerPort', '- containerPort');
const ASSUMED =
  'Assumed: classes gvisor and kata-qemu; namespace shop without labels. --cluster FILE tells yours.\n';

const fileOf = (name: string, text: string | Uint8Array): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

describe('--fix prints the smallest change', () => {
  it('as a patch, and tells what it leads to', async () => {
    expect(await cofferdam(['explain', '-', '--fix'], { stdin: WEB })).toEqual({
      code: 0,
      out: `--- a/-
+++ b/-
@@ -8,7 +8,6 @@
   template:
     spec:
       # to trace the others
-      hostPID: true
       containers:
         - name: web
           image: web:1
`,
      err: `-:2: Deployment/web: reject → sandbox, on RuntimeClass "kata-qemu" (vm)
  line 11  spec.template.spec.hostPID = true: removed
    Fix: Remove hostPID, or use shareProcessNamespace if the containers of the Pod must see each
    other.
${ASSUMED}`,
    });
  });

  it('for programs, as a JSON Patch', async () => {
    const { code, out } = await cofferdam(['explain', '-', '--fix', '-o', 'json'], { stdin: WEB });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      results: [
        {
          ...{
            source: '-',
            line: 2,
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            namespace: 'shop',
            name: 'web',
          },
          before: { verdict: 'reject', runtimeClass: null, isolation: null },
          after: { verdict: 'sandbox', runtimeClass: 'kata-qemu', isolation: 'vm' },
          edits: [{ op: 'remove', path: '/spec/template/spec/hostPID' }],
          byHand: null,
        },
      ],
      patch: expect.stringContaining('-      hostPID: true\n'),
      written: [],
    });
  });

  it('and nothing where nothing is rejected', async () => {
    expect(await cofferdam(['explain', '-', '--fix'], { stdin: REMOVED })).toEqual({
      code: 0,
      out: '',
      err: 'nothing to fix: Deployment/web: sandbox, on RuntimeClass "kata-qemu" (vm)\n',
    });
  });

  it('of all objects of a folder, or of one', async () => {
    const other = WEB.replace('name: web #', 'name: other #');
    const list = [fileOf('a.yaml', WEB), fileOf('b.yaml', other)];
    const all = await cofferdam(['explain', ...list, '--fix']);
    const one = await cofferdam(['explain', ...list, '--fix', '--name', 'other']);
    expect([all.code, one.code]).toEqual([0, 0]);
    expect(all.out.match(/^--- .*$/gm)).toHaveLength(2);
    expect(one.out.match(/^--- .*$/gm)).toHaveLength(1);
    expect(one.err).not.toContain('Deployment/web');
  });

  it.each([
    [
      'a class that is enough takes the place of one that is not',
      '{runtimeClassName: gvisor, hostIPC: false, containers: [{name: a, image: "a:1", securityContext: {privileged: true}}]}',
      '{runtimeClassName: kata-qemu, hostIPC: false, containers: [{name: a, image: "a:1", securityContext: {privileged: true}}]}',
    ],
    [
      'an empty class goes',
      '{runtimeClassName: "", containers: [{name: a, image: "a:1"}]}',
      '{containers: [{name: a, image: "a:1"}]}',
    ],
    [
      'a volume goes with its mounts',
      '{containers: [{name: a, image: "a:1", volumeMounts: [{name: s, mountPath: /s}, {name: d, mountPath: /d}]}, {name: b, image: "b:1", volumeMounts: [{name: s, mountPath: /s}]}], volumes: [{name: d, emptyDir: {}}, {name: s, hostPath: {path: /var/run/docker.sock}}]}',
      '{containers: [{name: a, image: "a:1", volumeMounts: [{name: d, mountPath: /d}]}, {name: b, image: "b:1"}], volumes: [{name: d, emptyDir: {}}]}',
    ],
  ])('%s', async (_, spec, fixed) => {
    const podOf = (text: string): string =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: shop}\nspec: ${text}\n`;
    const file = fileOf('pod.yaml', podOf(spec));
    expect((await cofferdam(['explain', file, '--fix', '--write'])).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(podOf(fixed));
  });
});

describe('--to', () => {
  it('changes what needs more isolation than that', async () => {
    const file = fileOf('web.yaml', WEB);
    const ran = await cofferdam(['explain', file, '--fix', '--to', 'host-kernel', '--write']);
    expect(ran.code).toBe(0);
    expect(ran.err).toContain('reject → admit, on the host kernel\n');
    expect(readFileSync(file, 'utf8')).toBe(NEITHER);
  });

  it('gives up a class that the author chose, which nothing else does', async () => {
    const stdin =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  runtimeClassName: kata-qemu\n  containers: [{name: a, image: "a:1"}]\n';
    expect((await cofferdam(['explain', '-', '--fix'], { stdin })).out).toBe('');
    const { out } = await cofferdam(['explain', '-', '--fix', '--to', 'app-kernel'], { stdin });
    expect(out).toContain('-  runtimeClassName: kata-qemu\n');
  });
});

describe('--write', () => {
  it.each([
    ['as it is', Buffer.from(WEB), Buffer.from(REMOVED)],
    [
      'with line ends of Windows and a byte order mark',
      Buffer.from(`\ufeff${WEB.replaceAll('\n', '\r\n')}`),
      Buffer.from(`\ufeff${REMOVED.replaceAll('\n', '\r\n')}`),
    ],
    ['in UTF-16', Buffer.from(`\ufeff${WEB}`, 'utf16le'), Buffer.from(`\ufeff${REMOVED}`, 'utf16le')],
    [
      'in UTF-16, the higher byte first',
      Buffer.from(`\ufeff${WEB}`, 'utf16le').swap16(),
      Buffer.from(`\ufeff${REMOVED}`, 'utf16le').swap16(),
    ],
  ])('changes a file, all else byte for byte: %s', async (_, before, after) => {
    const file = fileOf('web.yaml', before);
    const ran = await cofferdam(['explain', file, '--fix', '--write']);
    expect({ code: ran.code, out: ran.out }).toEqual({ code: 0, out: '' });
    expect(ran.err).toContain(`changed ${file}\n`);
    expect(readFileSync(file)).toEqual(after);
    expect((await cofferdam(['explain', file, '--fix', '--write'])).err).toMatch(/^nothing to fix: /);
    expect(readFileSync(file)).toEqual(after);
  });

  it('leaves a link, the rights of the file, and nothing beside it', async () => {
    const own = mkdtempSync(join(folder, 'own-'));
    const [file, link] = [join(own, 'web.yaml'), join(own, 'link.yaml')];
    writeFileSync(file, WEB);
    chmodSync(file, 0o640);
    symlinkSync('web.yaml', link);
    await cofferdam(['explain', link, '--fix', '--write']);
    expect(readFileSync(file, 'utf8')).toBe(REMOVED);
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(readdirSync(own)).toEqual(['link.yaml', 'web.yaml']);
  });

  it.each([
    [
      ['-', '--fix', '--write'],
      'error: --write changes files, and standard input is none\nLeave --write out: it prints a patch.\n',
    ],
    [['-', '--write'], 'error: --write is for --fix\nWrite --fix --write.\n'],
    [['-', '--to', 'vm'], 'error: --to is for --fix\nWrite --fix --to vm.\n'],
    [['-', '--fix', '--exempt'], 'error: --fix and --exempt are two ways out\nAsk for one at a time.\n'],
  ])('is refused where it means nothing: %j', async (argv, err) => {
    expect(await cofferdam(['explain', ...argv], { stdin: WEB })).toEqual({ code: 2, out: '', err });
  });
});

describe('what a person has to do', () => {
  const podOf = (spec: string): string =>
    `apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: shop}\nspec:\n${spec}`;
  const CONTAINERS = '  containers: [{name: a, image: "a:1"}]\n';
  it.each([
    [
      'no program knows what takes its place',
      podOf(`  hostPID: true\n${CONTAINERS}  volumes: [{name: d, hostPath: {path: /srv/data}}]\n`),
      `  Without host PID namespace, it is still so: No sandbox can contain a path of the host.
  Fix: Use an emptyDir, a PersistentVolumeClaim or a ConfigMap.`,
    ],
    [
      'its lines cannot be changed alone',
      podOf(`  hostPID: false\n  hostPID: true\n${CONTAINERS}`),
      `  Its lines cannot be changed by themselves, as where an alias shares them with something else or a
  key is set twice.
  Fix: Remove hostPID, or use shareProcessNamespace if the containers of the Pod must see each
  other.`,
    ],
    [
      'an alias shares its lines with what is no Pod',
      `${podOf(`  hostPID: true\n${CONTAINERS}`).replace('spec:', 'spec: &spec')}x-copy: *spec\n`,
      `  Its lines cannot be changed by themselves, as where an alias shares them with something else or a
  key is set twice.
  Fix: Remove hostPID, or use shareProcessNamespace if the containers of the Pod must see each
  other.`,
    ],
    [
      'a chart made it',
      `---\n# Source: shop/templates/web.yaml\n${podOf(`  hostPID: true\n${CONTAINERS}`)}`,
      `  A program made this manifest of shop/templates/web.yaml: change what it was made of.
  Fix: Remove hostPID, or use shareProcessNamespace if the containers of the Pod must see each
  other.`,
    ],
  ])('is said where %s', async (_, stdin, said) => {
    const { code, out, err } = await cofferdam(['explain', '-', '--fix'], { stdin });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(`reject → to be changed by hand\n${said}\n`);
  });

  it('and the rest is done all the same', async () => {
    const odd = podOf(`  hostPID: false\n  hostPID: true\n${CONTAINERS}`);
    const fine = podOf(`  hostIPC: true\n${CONTAINERS}`).replace('name: p', 'name: q');
    const { code, out } = await cofferdam(['explain', '-', '--fix'], { stdin: `${odd}---\n${fine}` });
    expect(code).toBe(1);
    expect(out.match(/^[-+] .*$/gm)).toEqual(['-  hostIPC: true']);
  });

  it('where a patch would show values of variables, there is none', async () => {
    const stdin = `{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {hostPID: true, containers: [{name: a, image: "a:1", env: [{name: A, value: hush}]}]}}\n`;
    const file = fileOf('one-line.yaml', stdin);
    const { code, out, err } = await cofferdam(['explain', file, '--fix']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(
      `${file}:1: no patch: a patch would show this line, which holds values of variables`,
    );
    expect(err).not.toContain('hush');
    expect((await cofferdam(['explain', file, '--fix', '--write'])).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(stdin.replace('hostPID: true, ', ''));
  });
});

it('with --strict, no file is changed where what was assumed could change the answer', async () => {
  const file = fileOf('class.yaml', WEB.replace('hostPID: true', 'runtimeClassName: gvisor'));
  const before = readFileSync(file, 'utf8');
  const { code, err } = await cofferdam(['explain', file, '--fix', '--write', '--strict']);
  expect(code).toBe(2);
  expect(err).toContain('error: --strict: ');
  expect(readFileSync(file, 'utf8')).toBe(before);
});

describe('--exempt prints exemptions alone', () => {
  it('which let in what they are for', async () => {
    const other = WEB.replace('name: web #', 'name: other #');
    const stdin = `${WEB}---\n${other}`;
    const { code, out, err } = await cofferdam(['explain', '-', '--exempt'], { stdin });
    expect(code).toBe(0);
    expect(out.match(/^ {2}name: .*$/gm)).toEqual(['  name: shop-web', '  name: shop-other']);
    expect(
      err.match(/: with exemption shop-\w+: admit, on the host kernel\. Fill in owner and reason/g),
    ).toHaveLength(2);
    const file = fileOf('exemption.yaml', out);
    const after = await cofferdam(['review', '-', '--policy', file, '-o', 'json'], { stdin });
    expect(JSON.parse(after.out).summary).toMatchObject({ reject: 0, admit: 2 });
    const json = await cofferdam(['explain', '-', '--exempt', '-o', 'json'], { stdin });
    expect(JSON.parse(json.out)).toMatchObject({ kind: 'List', items: [{}, {}] });
  });

  it.each([
    ['nothing is rejected', REMOVED, 0, 'nothing to exempt: no object is rejected\n'],
    [
      'none would help',
      `${WEB.replace('hostPID: true', 'runtimeClassName: gvisor')}`,
      1,
      '-:2: Deployment/web: no exemption: no exemption would let it in. Fix: Set runtimeClassName to "kata-qemu", or leave it out and one is chosen.\n',
    ],
  ])('nothing where %s', async (_, stdin, code, err) => {
    expect(await cofferdam(['explain', '-', '--exempt'], { stdin })).toEqual({ code, out: '', err });
  });
});
