import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import schema from '../../docs/schema/review.schema.json' with { type: 'json' };
import { cofferdam } from './stranger.ts';

const EXPIRES = `${new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10)}T00:00:00Z`;
const EXEMPTION = `apiVersion: cofferdam.dev/v1alpha1
kind: SandboxExemption
metadata: {name: agents}
spec:
  match: {namespaces: [infra]}
  waive: [{signal: hostPID}, {signal: hostPathSystem}]
  owner: platform
  reason: reads /proc of the node
  expires: ${EXPIRES}
---
`;
const MESSAGE = 'What faces the internet runs in a VM.';
const RULE = `apiVersion: cofferdam.dev/v1alpha1
kind: ClusterSandboxPolicy
metadata: {name: internet}
spec:
  scoring:
    rules:
      - {name: public, expression: "object.metadata.?labels.?exposure.orValue('') == 'public'", weight: 70, message: "${MESSAGE}"}
---
`;
const daemonSet = (name: string, spec: string): string =>
  `apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: ${name}, namespace: infra}\nspec: {template: {spec: {${spec}containers: [{name: a, image: a}]}}}\n---\n`;
const pod = (name: string, more: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, labels: {exposure: public}}\nspec: {${more}containers: [{name: a, image: a}]}\n---\n`;
const AGENT = daemonSet('agent', 'hostPID: true, volumes: [{name: h, hostPath: {path: /proc}}], ');
const validate = new Ajv({ allowUnionTypes: true, formats: { 'date-time': true } }).compile(schema);

let folder: string;
let policies: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cofferdam-'));
  policies = join(folder, 'policies.yaml');
  await writeFile(policies, EXEMPTION + RULE);
});
afterAll(() => rm(folder, { recursive: true }));

const review = async (stdin: string, ...argv: readonly string[]) =>
  (await cofferdam(['review', '-', '--policy', policies, ...argv], { stdin })).out.replace(/\n {3,}/g, ' ');
async function reviewJson(stdin: string) {
  const document = JSON.parse(await review(stdin, '-o', 'json'));
  expect(validate(document) || validate.errors).toBe(true);
  return document;
}

describe('an exemption that applied', () => {
  it('is shown at what it admits, and counted', async () => {
    const out = await review(AGENT + daemonSet('plain', ''));
    expect(out).toMatch(/^admit +DaemonSet\/agent/m);
    expect(out).toContain(
      `  Exemption: "agents" waives hostPathSystem and hostPID until ${EXPIRES} (platform: reads /proc of the node).`,
    );
    expect(out).toContain('2 objects judged: 2 admit. 1 of them has an exemption: agents.');
    const { summary, results } = await reviewJson(AGENT + daemonSet('plain', ''));
    expect(summary).toMatchObject({ total: 2, exempt: 1 });
    expect(results[0].exemptions).toMatchObject([{ name: 'agents', owner: 'platform' }]);
  });

  it('is shown at what is rejected all the same', async () => {
    const out = await review(daemonSet('agent', 'hostPID: true, hostIPC: true, '));
    expect(out).toMatch(/^reject +DaemonSet\/agent/m);
    expect(out).toContain('  Exemption: "agents" waives hostPID until');
  });
});

describe('the message of a rule that counted', () => {
  it.each([
    ['sandbox', ''],
    ['reject', 'hostPID: true, '],
    ['admit', 'runtimeClassName: kata-qemu, '],
  ])('is at a verdict %s', async (verdict, spec) => {
    const out = await review(pod('web', spec));
    expect(out).toMatch(new RegExp(`^${verdict} +Pod/web`, 'm'));
    expect(out).toContain(`  Note: Rule "public": ${MESSAGE}\n`);
    const [result] = (await reviewJson(pod('web', spec))).results;
    expect(result.rules).toEqual([{ policy: 'internet', name: 'public', weight: 70, message: MESSAGE }]);
    expect(result.warnings).toContain(`rule "public": ${MESSAGE}`);
  });

  it('is in explain', async () => {
    const { out } = await cofferdam(['explain', '-', '--policy', policies], { stdin: pod('web', '') });
    expect(out).toContain(`  Note: Rule "public": ${MESSAGE}\n`);
  });
});

it.each(['SYS_RESOURCE', 'SYS_NICE', 'cap_chown'])('a fix for capability %s is one', async name => {
  const spec = `containers: [{name: b, image: b, securityContext: {capabilities: {add: [${name}]}}}], initContainers: `;
  const [{ findings }] = (await reviewJson(pod('web', '').replace('containers: ', spec))).results;
  expect(findings).toContainEqual(
    expect.objectContaining({
      signal: 'capabilityOther',
      message:
        'Other capability beyond Baseline: the capability is beyond the Baseline set, or not spelt as Kubernetes has it (CHOWN, not cap_chown)',
    }),
  );
  const out = await review(pod('web', '').replace('containers: ', spec));
  expect(out).toContain(' Fix: Remove the capability from capabilities.add.\n');
});

it('points to what is wrong within an expression, in its line, and says what was meant', async () => {
  const policy = join(folder, 'wrong.yaml');
  const long = `object.metadata.name != '${'x'.repeat(100)}' && obect.a && ${'true && '.repeat(20)}true`;
  await writeFile(
    policy,
    `${RULE.replace(/expression: ".*?",/, `expression: "true &&\\n  object.spec.containers.exsts(c, true)",`)}${RULE.replace('internet', 'other').replace(/expression: ".*?",/, `expression: "${long}",`)}`,
  );
  const { code, err } = await cofferdam(['review', '-', '--policy', policy], { stdin: AGENT });
  expect(code).toBe(2);
  expect(
    err,
  ).toBe(`${policy}:7: error: ClusterSandboxPolicy/internet: spec.scoring.rules[0].expression: the expression is refused: there is no function exsts() at 2:26
  |   object.spec.containers.exsts(c, true)
  |                          ^
  Fix: Did you mean exists?
${policy}:15: error: ClusterSandboxPolicy/other: spec.scoring.rules[0].expression: the expression is refused: Unknown variable: obect at 1:131
  | ${`${'x'.repeat(55)}' && `}obect.a && ${'true && '.repeat(6)}t
  | ${' '.repeat(60)}^
  Fix: Did you mean object?
error: the policies have problems, so nothing was judged
`);
});

it('tells what is wrong with the policies and with the cluster file in one round', async () => {
  const policy = join(folder, 'bad-policy.yaml');
  const cluster = join(folder, 'bad-cluster.yaml');
  await writeFile(policy, RULE.replace('weight: 70', 'weight: 700'));
  await writeFile(cluster, 'apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: a}\n');
  const { code, err } = await cofferdam(['review', '-', '--policy', policy, '--cluster', cluster], {
    stdin: AGENT,
  });
  expect(code).toBe(2);
  expect(err).toContain(`${policy}:7: error`);
  expect(err).toContain(`${cluster}:1: error`);
});
