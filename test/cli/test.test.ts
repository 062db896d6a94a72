import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUILTIN_POLICIES } from '../../src/policy/builtin.ts';
import { runtimeClassText } from '../support/manifests.ts';
import { cofferdam } from './stranger.ts';

const POLICY = `apiVersion: cofferdam.dev/v1alpha1
kind: ClusterSandboxPolicy
metadata: {name: edge}
spec:
  scoring:
    rules:
      - {name: public, expression: "object.metadata.?labels['exposure'].orValue('') == 'public'", weight: 70}
      - {name: many, expression: "object.spec.containers.size() > 3", weight: 10}
`;
const CONTAINERS = 'containers: [{name: app, image: app:1}]';
const CASES = `- name: a Pod of no particular kind stays
  pod: {spec: {${CONTAINERS}}}
  expect: {verdict: admit}
- name: what faces the internet
  pod: {metadata: {labels: {exposure: public}}, spec: {${CONTAINERS}}}
  each:
    - {name: runs in a VM, expect: {verdict: sandbox, runtimeClass: kata-qemu, required: vm, rules: [public]}}
    - name: has nothing of the host
      pod: {spec: {hostPID: true}}
      expect: {verdict: reject, signals: [hostPID]}
`;

let folder: string;
const at = (name: string): string => join(folder, name);
const write = async (name: string, content: string): Promise<string> => {
  await writeFile(at(name), content);
  return at(name);
};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cofferdam-test-'));
  await write('edge.yaml', POLICY);
});
afterAll(() => rm(folder, { recursive: true }));

describe('cofferdam test', () => {
  it('judges cases by the file of policies that they lie beside, and balanced', async () => {
    const file = await write('edge.tests.yaml', CASES);
    const { code, out, err } = await cofferdam(['test', file]);
    expect(err).toBe('');
    expect(out).toBe(
      `${file}  3 passed\n\nShown by no case: 1 of 2 rules of ClusterSandboxPolicy/edge (many).\n\n3 cases: 3 passed, 0 failed.\n`,
    );
    expect(code).toBe(0);
  });

  it.each([
    ['is no YAML', '- name: [a\n', 'not valid YAML'],
    ['is a template', '- name: {{ .Values.name }}\n', '{{ }}'],
    ['is empty', '', 'holds no cases'],
    ['has comments alone', '# later\n', 'holds no cases'],
    ['is a map', 'cases:\n  - name: a\n', 'Write a list of cases: each begins with "- name:".'],
  ])(
    'does not pass over a file of a folder that %s: its cases would seem to hold',
    async (_, text, words) => {
      const inside = await mkdtemp(join(tmpdir(), 'cofferdam-broken-'));
      await writeFile(join(inside, 'edge.yaml'), POLICY);
      await writeFile(join(inside, 'edge.tests.yaml'), CASES);
      await writeFile(join(inside, 'more.tests.yaml'), text);
      const { code, out, err } = await cofferdam(['test', inside]);
      await rm(inside, { recursive: true });
      expect(out).toContain('3 passed');
      expect(err).toContain('more.tests.yaml');
      expect(err).toContain(words);
      expect(code).toBe(2);
    },
  );

  it('runs the cases of every built-in policy in the folder that ships them, that of balanced included', async () => {
    const { code, out, err } = await cofferdam(['test', 'policies']);
    expect(err).toBe('');
    for (const name of BUILTIN_POLICIES)
      expect(out).toMatch(new RegExp(`policies/${name}.tests.yaml {2}\\d+ passed`));
    expect(out).toMatch(/ 0 failed\.\n$/);
    expect(code).toBe(0);
  });

  it('takes a copy of balanced for what it is, and another policy of its name for a mistake', async () => {
    const inside = await mkdtemp(join(tmpdir(), 'cofferdam-copy-'));
    const text = await readFile('policies/balanced.yaml', 'utf8');
    await writeFile(join(inside, 'balanced.tests.yaml'), await readFile('policies/balanced.tests.yaml'));
    await writeFile(join(inside, 'balanced.yaml'), `# ours\n${text}`);
    const copied = await cofferdam(['test', inside]);
    await writeFile(join(inside, 'balanced.yaml'), text.replace('high: 60', 'high: 61'));
    const changed = await cofferdam(['test', inside]);
    await rm(inside, { recursive: true });
    expect([copied.err, copied.code]).toEqual(['', 0]);
    expect(changed.err).toContain('there is another ClusterSandboxPolicy/balanced');
    expect(changed.code).toBe(2);
  });

  it('says of a case that fails what was expected, what was decided, and why', async () => {
    const file = await write(
      'edge.tests.yaml',
      `- name: is turned away\n  pod: {metadata: {labels: {exposure: public}}, spec: {${CONTAINERS}}}\n  expect: {verdict: reject, required: vm, rules: [many]}\n`,
    );
    const { code, out } = await cofferdam(['test', file]);
    expect(out.split('\n').slice(0, 7)).toEqual([
      `${file}  1 failed`,
      `  ✗ is turned away  ${file}:1`,
      '      verdict       expected reject, found sandbox',
      '      runtimeClass  expected none, found kata-qemu',
      '      rules         expected many, found public',
      '    Why: RuntimeClass "kata-qemu" (vm) would be set: the Pod needs a VM (vm) because of the rule',
      '         "public".',
    ]);
    expect(code).toBe(1);
  });

  it('would fail without the policy', async () => {
    const file = await write('edge.tests.yaml', CASES);
    const { code, out } = await cofferdam(['test', file, '--policy', 'balanced']);
    expect(out).toContain('what faces the internet: runs in a VM');
    expect(code).toBe(1);
  });

  it('finds cases in folders, and nothing else there', async () => {
    await write('edge.tests.yaml', CASES);
    await write('values.yaml', 'a: {{ b }}\n');
    await mkdir(at('below'), { recursive: true });
    await write('below/edge.yaml', POLICY);
    await write('below/edge.tests.yml', CASES);
    const { code, out, err } = await cofferdam(['test', folder]);
    expect(err).toBe('');
    expect(out).toContain('6 cases: 6 passed, 0 failed.');
    expect(code).toBe(0);
    await rm(at('below'), { recursive: true });
  });

  it('writes JUnit XML, in which a name of a case is text', async () => {
    const file = await write(
      'edge.tests.yaml',
      `- name: <a> & "b"\n  pod: {spec: {${CONTAINERS}}}\n  expect: {verdict: reject}\n`,
    );
    const { code, out } = await cofferdam(['test', file, '-o', 'junit']);
    expect(out).toContain('<testsuites name="cofferdam test" tests="1" failures="1">');
    expect(out).toContain('name="&lt;a&gt; &amp; &quot;b&quot;"');
    expect(out).toContain('<failure message="verdict  expected reject, found admit">');
    expect(code).toBe(1);
  });

  it('takes whole objects, a namespace, a cluster and a time of their own', async () => {
    await write('cluster.yaml', runtimeClassText('boxed', 'runsc'));
    await write(
      'agents.yaml',
      `apiVersion: cofferdam.dev/v1alpha1
kind: SandboxExemption
metadata: {name: agents}
spec:
  match: {namespaces: [monitoring]}
  waive: [{signal: hostPID}]
  owner: platform
  reason: reads /proc
  expires: 2026-06-01T00:00:00Z
`,
    );
    const file = await write(
      'agents.tests.yaml',
      `- name: an agent
  namespace: {name: monitoring}
  now: 2026-05-01T00:00:00Z
  manifest:
    apiVersion: apps/v1
    kind: DaemonSet
    metadata: {name: agent}
    spec: {template: {spec: {hostPID: true, ${CONTAINERS}}}}
  each:
    - {name: is exempt, expect: {verdict: admit, exemptions: [agents], signals: []}}
    - {name: no longer is, now: 2026-07-01T00:00:00Z, expect: {verdict: reject, exemptions: []}}
    - {name: is so nowhere else, namespace: {name: shop}, expect: {verdict: reject}}
- name: a risky Pod is given the class of the cluster
  cluster: cluster.yaml
  namespace: {labels: {cofferdam.dev/risk: high}}
  pod: {spec: {${CONTAINERS}}}
  expect: {verdict: sandbox, runtimeClass: boxed}
`,
    );
    const { code, out, err } = await cofferdam(['test', file]);
    expect(err.match(/expired on 2026-06-01/g)).toHaveLength(1);
    expect(out).toBe(`${file}  4 passed\n\n4 cases: 4 passed, 0 failed.\n`);
    expect(code).toBe(0);
  });
});

describe('what cannot be answered is an error with its place, and keeps nothing else from being judged', () => {
  it.each([
    [
      'a misspelt field',
      'name: a\n  pod: {spec: {}}\n  expect: {verdit: admit}',
      /:3: error: .*verdit.*\n.*verdict/,
    ],
    [
      'no verdict',
      `name: a\n  pod: {spec: {${CONTAINERS}}}\n  expect: {score: 3}`,
      /:1: error: .*"a" expects no verdict/,
    ],
    ['no Pod', 'name: a\n  expect: {verdict: admit}', /"a" has neither a pod nor a manifest/],
    [
      'a manifest that makes no Pod',
      'name: a\n  manifest: {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n  expect: {verdict: admit}',
      /"a" makes 0 Pods, expected one/,
    ],
    [
      'a field of a Pod that is of another type',
      `name: a\n  pod:\n    spec:\n      hostPID: "yes"\n      ${CONTAINERS}\n  expect: {verdict: admit}`,
      /:4: error: .*spec\.hostPID/,
    ],
  ])('%s', async (_, one, message) => {
    const broken = await write('broken.tests.yaml', `- ${one}\n`);
    await write('broken.yaml', POLICY);
    const good = await write('edge.tests.yaml', CASES);
    const { code, out, err } = await cofferdam(['test', broken, good]);
    expect(err).toMatch(message);
    expect(out).toContain('3 cases: 3 passed, 0 failed.');
    expect(code).toBe(2);
  });

  it('cases beside no policy', async () => {
    const file = await write('alone.tests.yaml', CASES);
    const { code, out, err } = await cofferdam(['test', file]);
    expect(err).toContain(`there is no ${at('alone.yaml')}, so there is nothing to judge these cases by`);
    expect([out, code]).toEqual(['', 2]);
  });

  it('policies that are broken', async () => {
    await write('bad.yaml', POLICY.replace('weight: 70', 'weight: much'));
    const file = await write('bad.tests.yaml', CASES);
    const { code, err } = await cofferdam(['test', file]);
    expect(err).toContain('spec.scoring.rules[0].weight');
    expect(err).toContain(`${file}: error: the policies have problems`);
    expect(code).toBe(2);
  });
});
