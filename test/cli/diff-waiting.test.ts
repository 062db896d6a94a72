import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changes as commentOn } from '../../scripts/action/changes.ts';
import { writeFiles } from '../support/write-files.ts';
import { validate as validateReview } from './review-schema.ts';
import { cofferdam } from './stranger.ts';

/*
A pool of nodes goes, its taints change, or a policy asks for a class that no node has: the verdicts stay what they are, and
the Pods wait.
*/

const classOf = (name: string, handler: string): string =>
  `apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: ${name}}\nhandler: ${handler}\n---\n`;
const nodeOf = (name: string, handlers: readonly string[], taints = ''): string =>
  `apiVersion: v1\nkind: Node\nmetadata: {name: ${name}, labels: {kubernetes.io/hostname: ${name}}}\nspec: {${taints}}\nstatus: {conditions: [{type: Ready, status: 'True'}], runtimeHandlers: [${handlers.map(handler => `{name: ${handler}}`).join(', ')}]}\n---\n`;
const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\n';
const CLASSES = classOf('gvisor', 'runsc') + classOf('kata-qemu', 'kata-qemu') + namespace;
const TAINT = 'taints: [{key: pool, value: sandbox, effect: NoSchedule}]';
const podOf = (name: string, spec = '', labels = ''): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop, labels: {${labels}}}\nspec: {${spec}containers: [{name: a, image: a:1}]}\n---\n`;
const policyOf = (spec: string): string =>
  `apiVersion: cofferdam.dev/v1alpha1\nkind: ClusterSandboxPolicy\nmetadata: {name: edge}\nspec: {${spec}}\n`;

const HIGH = 'cofferdam.dev/risk: high';
const FILES = {
  'both.yaml': CLASSES + nodeOf('plain', ['']) + nodeOf('box', ['', 'runsc']),
  'gone.yaml': CLASSES + nodeOf('plain', ['']),
  'tainted.yaml': CLASSES + nodeOf('plain', ['']) + nodeOf('box', ['', 'runsc'], TAINT),
  'kata.yaml': CLASSES + nodeOf('plain', ['']) + nodeOf('box', ['', 'kata-qemu']),
  'pods.yaml':
    podOf('web') +
    podOf('risky', '', HIGH) +
    podOf('own', 'runtimeClassName: gvisor, ') +
    podOf('tolerant', 'tolerations: [{key: pool, operator: Exists}], ', HIGH),
  'pinned.yaml':
    podOf('pinned', 'nodeSelector: {kubernetes.io/hostname: box}, ') +
    podOf(
      'affine',
      'affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [box]}]}]}}}, ',
    ) +
    podOf(
      'tolerant',
      'nodeSelector: {kubernetes.io/hostname: box}, tolerations: [{key: pool, operator: Exists}], ',
    ) +
    podOf('free'),
  'agent.yaml':
    'apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: agent, namespace: shop}\nspec: {template: {spec: {runtimeClassName: gvisor, containers: [{name: a, image: a:1}]}}}\n',
  'vm.yaml': policyOf('minimumIsolation: vm'),
  'gvisor.yaml': policyOf('minimumIsolation: app-kernel'),
  'refusing.yaml': policyOf('minimumIsolation: vm, whenUnavailable: Reject'),
};

const schema = JSON.parse(readFileSync('docs/schema/diff.schema.json', 'utf8'));
const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(schema);
const HOME = process.cwd();
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cofferdam-waiting-'));
  const pinned = FILES['pinned.yaml'].replace('name: tolerant', 'name: pinned-tolerant');
  await writeFiles(folder, { ...FILES, 'all.yaml': FILES['pods.yaml'] + pinned });
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...argv: readonly string[]) {
  process.chdir(folder);
  const ran = await cofferdam([...argv, '--no-config']);
  process.chdir(HOME);
  return ran;
}
const between = (was: string, is: string, file = 'pods.yaml'): readonly string[] => [
  ...['diff', file, '--base-cluster', `${was}.yaml`, '--cluster', `${is}.yaml`],
];
async function json(...argv: readonly string[]) {
  const { out, code } = await run(...argv, '-o', 'json');
  const value = JSON.parse(out);
  expect([validate(value), validate.errors]).toEqual([true, null]);
  return { ...value, code };
}
interface Told {
  readonly change: string;
  readonly also: readonly string[];
  readonly name: string;
}
const told = ({ changes }: { changes: readonly Told[] }): readonly string[] =>
  changes.map(({ change, also, name }) => [name, change, ...also].join(' '));

describe('Pods that would wait', () => {
  it('are told where the nodes of their sandbox go, and it fails', async () => {
    const found = await json(...between('both', 'gone'));
    expect(told(found)).toEqual(['risky waiting', 'own waiting', 'tolerant waiting']);
    expect(found.summary).toMatchObject({ judged: 4, waiting: 3, running: 0, rejected: 0, class: 0 });
    expect(found.summary.where).toEqual([
      { where: 'host kernel', before: 1, after: 1 },
      { where: 'gvisor (app-kernel)', before: 3, after: 0 },
      { where: 'gvisor (app-kernel), waits', before: 0, after: 3 },
    ]);
    expect(found.changes[0]).toMatchObject({
      before: { runtimeClass: 'gvisor', waits: false },
      after: { runtimeClass: 'gvisor', waits: true },
    });
    expect(found.changes[0].after.reasons).toContain(
      'it will wait: RuntimeClass "gvisor" has no ready node that can take it now',
    );
    expect(found.changes[0].after.fix).toContain('node');
    expect(found.code).toBe(1);
  });

  it('are told where a taint keeps them away, and what tolerates it is not', async () => {
    expect(told(await json(...between('both', 'tainted')))).toEqual(['risky waiting', 'own waiting']);
  });

  it('are good news the other way round, or where another class has a node', async () => {
    const back = await json(...between('gone', 'both'));
    expect(told(back)).toEqual(['risky running', 'own running', 'tolerant running']);
    expect([back.summary.running, back.code]).toEqual([3, 0]);
    const other = await json(...between('gone', 'kata'));
    expect(told(other)).toEqual(['risky running stronger', 'tolerant running stronger'].map(inOrder));
  });

  it('are told where a policy asks for a class that no node has', async () => {
    const found = await json('diff', 'pods.yaml', '--cluster', 'both.yaml', '--policy', 'vm.yaml');
    expect(told(found)).toEqual([
      'own rejected',
      'web waiting stronger',
      ...['risky', 'tolerant'].map(name => `${name} waiting stronger`),
    ]);
    expect(found.code).toBe(1);
  });

  it('are rejected instead where the policy says so', async () => {
    const found = await json('diff', 'pods.yaml', '--cluster', 'both.yaml', '--policy', 'refusing.yaml');
    expect(found.summary).toMatchObject({ rejected: 4, waiting: 0 });
  });

  it('that are less isolated besides are listed as that, and say both', async () => {
    const argv = [
      ...['diff', 'pods.yaml', '--policy', 'gvisor.yaml', '--base-policy', 'vm.yaml'],
      ...['--cluster', 'gone.yaml', '--base-cluster', 'kata.yaml'],
    ];
    const found = await json(...argv);
    expect(told(found)).toContain('web weaker waiting');
    const { out } = await run(...argv);
    expect(out.replaceAll(/\s+/g, ' ')).toMatch(
      /less isolated Pod\/web .*After: .*It will wait: RuntimeClass "gvisor" has no ready node/,
    );
    expect((await run(...argv, '--fail-on', 'would-wait')).code).toBe(1);
  });

  it.each([
    [[], 1],
    [['--fail-on', 'rejected,less-isolated'], 0],
    [['--fail-on', 'would-wait'], 1],
    [['--fail-on', 'never'], 0],
  ])('make with %j the exit code %i', async (more, code) => {
    expect((await run(...between('both', 'gone'), ...more)).code).toBe(code);
  });

  it('are told on the host kernel, too, where the nodes go that they ask for', async () => {
    const gone = await json(...between('both', 'gone', 'pinned.yaml'));
    expect(told(gone)).toEqual(['pinned waiting', 'affine waiting', 'tolerant waiting']);
    expect(gone.changes[0].after).toMatchObject({ runtimeClass: null, waits: true });
    expect(gone.summary.where).toEqual([
      { where: 'host kernel', before: 4, after: 1 },
      { where: 'host kernel, waits', before: 0, after: 3 },
    ]);
    const tainted = await json(...between('both', 'tainted', 'pinned.yaml'));
    expect(told(tainted)).toEqual(['pinned waiting', 'affine waiting']);
    const { out } = await run(...between('both', 'gone', 'pinned.yaml'));
    expect(out).toContain('  Why: It will wait: no ready node can take it now.');
    const review = await run('review', 'pinned.yaml', '--cluster', 'gone.yaml');
    expect(review.out).toMatch(
      /^For 3 objects: .*\n {2}Note: It will wait: no ready node can take it now\./m,
    );
  });

  it('of a DaemonSet are those on nodes that cannot run them', async () => {
    expect(told(await json(...between('both', 'gone', 'agent.yaml')))).toEqual(['agent waiting']);
    const more = await json(...between('gone', 'both', 'agent.yaml'));
    expect(told(more)).toEqual(['agent running']);
    const { out } = await run(...between('both', 'gone', 'agent.yaml'));
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      'Why: It will wait: RuntimeClass "gvisor" has no ready node',
    );
  });

  it('stand in every format, after what is rejected or less isolated', async () => {
    const table = await run(...between('both', 'gone'));
    expect(table.out).toContain(
      'would wait  Pod/risky     shop          1  gvisor (app-kernel)  gvisor (app-kernel), waits\n  Why: It will wait: RuntimeClass "gvisor" has no ready node that can take it now.\n  Fix: ',
    );
    expect(table.out).toContain('4 objects: 3 would wait.');
    const comment = await run(...between('both', 'gone'), '-o', 'markdown');
    expect(comment.out).toContain('### ⚠️ What this change does to 4 objects: 3 would wait');
    expect(comment.out).toContain('| ⏳ would wait | `Pod/risky` |');
    expect(comment.out).toContain('gvisor (app-kernel), waits. It will wait: RuntimeClass ');
    const page = await run(...between('both', 'gone'), '-o', 'html');
    expect(page.out).toContain('<h1>3 would wait</h1>');
    expect(page.out).toContain('<h2>Would wait</h2>');
    expect(page.out).toContain(
      'It will wait: RuntimeClass &quot;gvisor&quot; has no ready node that can take it now.',
    );
  });
});

async function reviewOf(file: string, cluster: string) {
  const { out } = await run('review', file, '--cluster', `${cluster}.yaml`, '-o', 'json');
  const review = JSON.parse(out);
  expect([validateReview(review), validateReview.errors]).toEqual([true, null]);
  return review;
}

const without = (some: ReadonlySet<string>, others: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([...some].filter(one => !others.has(one)));

/** The gravest first, as the table has it. */
const inOrder = (text: string): string => text.replace('running stronger', 'stronger running');

const CLUSTERS = ['both', 'gone', 'tainted', 'kata'];
const CHANGES = CLUSTERS.flatMap(was => CLUSTERS.filter(is => is !== was).map(is => [was, is] as const));
describe.each(CHANGES)('from %s to %s', (was, is) => {
  it('a diff says that those would wait of which a review says so only then', async () => {
    const file = 'all.yaml';
    const waits = async (cluster: string): Promise<ReadonlySet<string>> => {
      const { results } = (await reviewOf(file, cluster)) as {
        results: readonly { name: string; notes: readonly string[] }[];
      };
      const some = results.filter(one => JSON.stringify(one).includes('it will wait'));
      return new Set(some.map(({ name }) => name));
    };
    const [before, after] = [await waits(was), await waits(is)];
    const { changes } = await json(...between(was, is, 'all.yaml'));
    const of = (fate: string): readonly string[] =>
      (changes as readonly Told[])
        .filter(({ change, also }) => [change, ...also].includes(fate))
        .map(({ name }) => name);
    expect(new Set(of('waiting'))).toEqual(without(after, before));
    expect(new Set(of('running'))).toEqual(without(before, after));
  });

  it.each(['all.yaml', 'agent.yaml'])(
    'the comment on a pull request says of two reviews of %s what a diff says',
    async file => {
      const [base, head] = [await reviewOf(file, was), await reviewOf(file, is)];
      const { changes } = await json(...between(was, is, file));
      const words = {
        waiting: 'would wait',
        running: 'no longer waits',
        stronger: 'better isolated',
        weaker: 'less isolated',
      };
      const rows = [...commentOn(base, head).matchAll(/^\| \S+ (.*?) \| `\w+\/(.*?)`/gm)];
      const expected = (changes as readonly Told[]).map(
        one => `${one.name} ${words[one.change as keyof typeof words]}`,
      );
      expect(rows.map(([, fate, name]) => `${name} ${fate}`).toSorted()).toEqual(expected.toSorted());
    },
  );
});
