import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Pod } from '../../src/pod/kube.ts';
import { viewPod } from '../../src/pod/view.ts';
import { inspect, signalById } from '../../src/signals/index.ts';

type Tree = { readonly [key: string]: unknown };
interface Change {
  readonly annotations?: Tree;
  readonly spec?: Tree;
  readonly each?: Tree;
  readonly container?: Tree;
  readonly init?: Tree;
}
type Level = 'baseline' | 'restricted';
type Outcome = 'pass' | 'fail';

const TABLES: Record<Level | 'both', Record<Outcome, Record<string, Change>>> = parse(
  readFileSync(new URL('../fixtures/pod-security.yaml', import.meta.url), 'utf8'),
);

/** What the smallest Pod of a level has. */
const SMALLEST: Record<Level, { readonly spec: Tree; readonly container: Tree }> = {
  baseline: { spec: {}, container: {} },
  restricted: {
    spec: { securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } },
    container: { securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } },
  },
};

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Maps are merged, all else is replaced, null takes away. */
function changed(tree: Tree, change: Tree = {}): Tree {
  const result: Record<string, unknown> = { ...tree };
  for (const [key, value] of Object.entries(change)) {
    const before = result[key];
    if (value === null) delete result[key];
    else result[key] = isTree(value) ? changed(isTree(before) ? before : {}, value) : value;
  }
  return result;
}

function podOf(level: Level, { annotations, spec, each, container, init }: Change): Pod {
  const smallest = SMALLEST[level];
  const of = (name: string, own: Tree | undefined): Tree => ({
    name,
    image: 'registry.k8s.io/pause',
    ...changed(changed(smallest.container, each), own),
  });
  return {
    metadata: { annotations: { ...annotations } },
    spec: {
      ...changed(smallest.spec, spec),
      containers: [of('container1', container)],
      initContainers: [of('initcontainer1', init)],
    },
  } as Pod;
}

/** Hygiene that is not of the Pod Security Standards. */
const OURS = ['imageTag', 'imageDigest', 'serviceAccountToken'];

/** The signals that a level forbids: of Baseline, exposures and breakouts; of Restricted, lapses too. */
const forbidden = (level: Level, pod: Pod): string[] =>
  inspect(viewPod(pod, 'default'))
    .map(({ signal }) => signal)
    .filter(signal => {
      const category = signalById.get(signal)?.category;
      if (category === 'exposure' || category === 'breakout') return true;
      return level === 'restricted' && category === 'hygiene' && !OURS.includes(signal);
    });

const fixtures = (level: Level, outcome: Outcome): [string, Pod][] =>
  Object.entries({ ...TABLES.both[outcome], ...TABLES[level][outcome] }).map(([name, change]) => [
    name,
    podOf(level, change),
  ]);

describe.each(['baseline', 'restricted'] as const)('Pod Security Admission: %s', level => {
  it.each(fixtures(level, 'pass'))('passes %s', (_, pod) => {
    expect(forbidden(level, pod)).toEqual([]);
  });

  it.each(fixtures(level, 'fail'))('does not pass %s', (_, pod) => {
    expect(forbidden(level, pod)).not.toEqual([]);
  });
});

it('has as many fixtures as that version', () => {
  const counts = (['baseline', 'restricted'] as const).map(level => [
    fixtures(level, 'pass').length,
    fixtures(level, 'fail').length,
  ]);
  expect(counts).toEqual([
    [15, 34],
    [23, 76],
  ]);
});
