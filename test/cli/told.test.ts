import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FORMATS } from '../../src/report/review/index.ts';
import { validate } from './review-schema.ts';
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

describe.each(Object.keys(FORMATS))('an exemption in -o %s', format => {
  const said = async (stdin: string): Promise<string> => {
    const { out, err } = await cofferdam(['review', '-', '--policy', policies, '-o', format], { stdin });
    // Code Quality has no place for what is of no line.
    return `${out}${err}`.replace(/\n {3,}/g, ' ');
  };

  it('is shown with its object, its owner and its end', async () => {
    const out = await said(AGENT + daemonSet('plain', ''));
    expect(out).toContain('agents');
    expect(out).toMatch(/DaemonSet\b.{1,40}agent/s);
    expect(out).toContain('platform');
    expect(out).toContain(EXPIRES.slice(0, 10));
  });

  it('is shown of each of several objects', async () => {
    const out = await said(AGENT + AGENT.replace('agent', 'second') + AGENT.replace('agent', 'third'));
    for (const name of ['agent', 'second', 'third'])
      expect(out).toMatch(new RegExp(`DaemonSet\\b.{1,40}${name}\\b`, 's'));
  });
});

describe('an exemption where no row shows it', () => {
  const REASON = 'platform: reads /proc of the node';

  it('is a list in markdown, also of what is rejected all the same', async () => {
    const rejected = daemonSet('other', 'hostPID: true, hostIPC: true, ');
    const out = await review(AGENT + AGENT.replace('agent', 'second') + rejected, '-o', 'markdown');
    expect(out).toContain(`**Exempt**

- DaemonSet/agent and DaemonSet/second: "agents" waives hostPathSystem and hostPID until ${EXPIRES} (${REASON}).
- DaemonSet/other: "agents" waives hostPID until ${EXPIRES} (${REASON}).
`);
  });

  it('is not there in markdown where there is none', async () => {
    expect(await review(daemonSet('plain', ''), '-o', 'markdown')).not.toContain('**Exempt**');
  });

  it('is at most twenty lines in markdown, and how many more', async () => {
    await writeFile(
      policies,
      RULE +
        Array.from({ length: 25 }, (_, i) =>
          EXEMPTION.replace('agents', `agents-${i}`).replace(
            '[{signal: hostPID}, {signal: hostPathSystem}]',
            `[{signal: hostPathSystem, values: [/proc/${i}]}]`,
          ),
        ).join(''),
    );
    const many = Array.from({ length: 25 }, (_, i) =>
      AGENT.replace('agent', `a${i}`).replace('hostPID: true, ', '').replace('/proc', `/proc/${i}`),
    );
    const out = await review(many.join(''), '-o', 'markdown');
    await writeFile(policies, EXEMPTION + RULE);
    const [, list = ''] = out.split('**Exempt**\n\n');
    expect(list.split('\n\n')[0]?.split('\n')).toHaveLength(21);
    expect(list).toContain('\n- and 5 more\n');
  });

  it('is in the case of its object in junit, whatever comes of it', async () => {
    const rejected = daemonSet('other', 'hostPID: true, hostIPC: true, ');
    const out = await review(AGENT + rejected, '-o', 'junit');
    const [agent = '', other = ''] = out.split('</testcase>');
    expect(agent).toMatch(
      /<system-out>[^<]*\nExemption: &quot;agents&quot; waives hostPathSystem and hostPID until/,
    );
    expect(other).toMatch(/<\/failure>\s*<system-out>\s*Exemption: &quot;agents&quot; waives hostPID until/);
  });

  it('is told below the table with its objects, its owner and its end, once', async () => {
    const rejected = daemonSet('other', 'hostIPC: true, ');
    const out = await review(AGENT + rejected, '--only', 'reject');
    const counted = `1 of those not listed has an exemption: agents (DaemonSet/agent; platform, until ${EXPIRES.slice(0, 10)}).`;
    expect(out.replaceAll('\n', ' ')).toContain(counted);
    expect(await review(AGENT + rejected)).not.toContain('of those not listed');
  });

  it('is counted with its objects, its owner and its end', async () => {
    const counted = `agents (DaemonSet/agent and DaemonSet/second; platform, until ${EXPIRES.slice(0, 10)}).`;
    const out = await review(AGENT + AGENT.replace('agent', 'second'), '-o', 'sarif');
    expect(out).toContain(`2 of all objects have an exemption: ${counted}`);
  });
});

describe('the fix of an agent that only an exemption lets in', () => {
  const agentOf = (...paths: string[]): string =>
    daemonSet(
      'agent',
      `volumes: [${paths.map((path, i) => `{name: h${i}, hostPath: {path: ${path}}}`).join(', ')}], `,
    );
  const byExemption = (out: string): readonly string[] =>
    Array.from(out.matchAll(/Fix: (Nothing but an exemption helps[^.]*\.)/g), ([, fix = '']) => fix);
  const unexempt = async (stdin: string): Promise<string> =>
    (await cofferdam(['review', '-'], { stdin })).out.replace(/\n {3,}/g, ' ');

  it('stands at each finding, and not again at the object', async () => {
    const out = await unexempt(agentOf('/dev/kmsg', '/var/lib/kubelet/device-plugins'));
    expect(byExemption(out)).toEqual([
      'Nothing but an exemption helps: a device of the host is what the Pod is there for.',
      'Nothing but an exemption helps: a system directory of the host is what the Pod is there for.',
    ]);
  });

  it('stands once for one finding', async () => {
    expect(byExemption(await unexempt(agentOf('/var/lib/kubelet/device-plugins')))).toHaveLength(1);
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
    expect(out).toContain(`  Note: Rule "public" of policy "internet": ${MESSAGE}\n`);
    const [result] = (await reviewJson(pod('web', spec))).results;
    expect(result.rules).toEqual([{ policy: 'internet', name: 'public', weight: 70, message: MESSAGE }]);
    expect(result.warnings).toContain(`rule "public" of policy "internet": ${MESSAGE}`);
  });

  it('is in explain', async () => {
    const { out } = await cofferdam(['explain', '-', '--policy', policies], { stdin: pod('web', '') });
    expect(out).toContain(`  Note: Rule "public" of policy "internet": ${MESSAGE}\n`);
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
