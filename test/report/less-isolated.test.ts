import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decision } from '../../src/decision/decision.ts';
import { rank } from '../../src/profiles/isolation.ts';
import { compare } from '../../src/report/baseline/compare.ts';
import { entryOf } from '../../src/report/baseline/entry.ts';
import { isListed } from '../../src/report/listed.ts';
import type { Review, Reviewed } from '../../src/report/result.ts';
import { FORMATS } from '../../src/report/review/index.ts';
import { remarksOf } from '../../src/report/review/remarks.ts';
import { isolationOf } from '../../src/report/since.ts';
import { decided } from './decided.ts';

interface Pod {
  readonly name: string;
  readonly file: string;
  readonly risk: string;
  readonly runtimeClass: string;
  readonly spec: string;
  readonly container: string;
}

const RISKS = ['', 'low', 'medium', 'high', 'critical'];
const CLASSES = ['', 'gvisor', 'kata-qemu', 'kata-qemu-snp'];
const SPECS = ['', 'hostPID: true'];
const CONTAINERS = [
  '',
  'ports: [{containerPort: 80, hostPort: 80}]',
  'securityContext: {privileged: true}',
  'securityContext: {capabilities: {add: [SYS_ADMIN]}}',
];

const pod: fc.Arbitrary<Pod> = fc.record({
  name: fc.constantFrom('web', 'job'),
  file: fc.constantFrom('a.yaml', 'b.yaml'),
  risk: fc.constantFrom(...RISKS),
  runtimeClass: fc.constantFrom('', ...CLASSES),
  spec: fc.constantFrom('', ...SPECS),
  container: fc.constantFrom(...CONTAINERS),
});

/** Every look that such a Pod can have. */
const LOOKS: readonly Pod[] = RISKS.flatMap(risk =>
  CLASSES.flatMap(runtimeClass =>
    SPECS.flatMap(spec =>
      CONTAINERS.map(container => ({ name: 'web', file: 'a.yaml', risk, runtimeClass, spec, container })),
    ),
  ),
);

const decisions = new Map<string, Decision>();

/** A look is decided on once, as it comes again and again. */
function decisionOn({ risk, runtimeClass, spec, container }: Pod): Decision {
  const given = {
    labels: risk && `cofferdam.dev/risk: ${risk}`,
    spec: [spec, runtimeClass && `runtimeClassName: ${runtimeClass}`].filter(Boolean).join('\n  '),
    container,
  };
  const look = JSON.stringify(given);
  const decision = decisions.get(look) ?? decided(given);
  decisions.set(look, decision);
  return decision;
}

const resultOf = (one: Pod, i: number): Reviewed => ({
  apiVersion: 'v1',
  kind: 'Pod',
  name: one.name,
  namespace: 'shop',
  source: { file: one.file, line: i + 1 },
  mode: 'enforce',
  decision: decisionOn(one),
  locate: path => ({ path, position: { file: one.file, line: i + 1 } }),
});

const reviewOf = (pods: readonly Pod[]): Review => ({
  version: '1',
  results: pods.map(resultOf),
  skipped: new Map(),
  problems: [],
});

/** What is told of `after` where `before` is the baseline. */
function against(before: Review, after: Review): Review {
  const known = before.results.flatMap(result => entryOf(result) ?? []);
  const { since, gone } = compare(known, after.results);
  return {
    ...after,
    results: after.results.map((result, i) => ({ ...result, ...(since[i] && { since: since[i] }) })),
    baseline: { file: 'known.json', gone },
  };
}

const onlyIn = async (review: Review, format: string): Promise<string> =>
  (await FORMATS[format]?.(review, { color: false, width: 100 })) ?? '';

/** What became of a Pod: the outcome and isolation it had and has, and whether it is in the same file. */
function kindOf([one, other]: Pair): string {
  const states = [one, other].map(decisionOn).map(({ outcome, isolation }) => `${outcome} in ${isolation}`);
  return `${states.join(', then ')}, ${one.file === other.file ? 'in the same file' : 'in another file'}`;
}
type Pair = readonly [Pod, Pod];

describe('whatever is less isolated than in the baseline', () => {
  const sandboxed = LOOKS.filter(one => decisionOn(one).verdict === 'sandbox');
  const running = LOOKS.filter(one => decisionOn(one).verdict !== 'reject');
  const pairs: readonly Pair[] = sandboxed.flatMap(one =>
    running.flatMap(other => ['a.yaml', 'b.yaml'].map((file): Pair => [one, { ...other, file }])),
  );
  const isLess = ([one, other]: Pair): boolean => {
    const [ran, runs] = [one, other].map(each => decisionOn(each).isolation);
    if (!ran || !runs) throw new Error('both of them run');
    return rank(runs) < rank(ran);
  };
  const between = ([one, other]: Pair): Review => against(reviewOf([one]), reviewOf([other]));

  it('is told, and nothing else', () => {
    expect(new Set(pairs.map(isLess))).toEqual(new Set([true, false]));
    for (const pair of pairs) {
      const [now] = between(pair).results;
      expect(now?.since?.worse.includes('isolation') ?? false, JSON.stringify(pair)).toBe(isLess(pair));
    }
  });

  const kinds = [...Map.groupBy(pairs.filter(isLess), kindOf)].flatMap(([kind, [pair]]) =>
    pair ? [[kind, { pair }] as const] : [],
  );
  it.each(kinds)('is told in every format: %s', async (_, { pair }) => {
    const after = between(pair);
    const [now] = after.results;
    expect(now?.since).toMatchObject({ state: 'worse' });
    expect(after.results.filter(isListed(after))).toEqual([now]);
    expect(remarksOf(after)).toContainEqual(expect.objectContaining({ object: 'Pod/shop/web' }));
    for (const format of Object.keys(FORMATS).filter(name => name !== 'json'))
      expect(await onlyIn(after, format), format).toMatch(/Since\s+the\s+baseline:[\s\S]*and\s+ran\s+on/);
    expect(JSON.parse(await onlyIn(after, 'json')).results).toHaveLength(1);
    expect(after.baseline?.gone.filter(({ findings }) => findings === 0)).toEqual([]);
  });

  it('is told of as many objects as are, where several are of one name', () => {
    fc.assert(
      fc.property(fc.array(pod, { maxLength: 5 }), fc.array(pod, { maxLength: 5 }), (some, others) => {
        const before = reviewOf(some);
        const { results } = against(before, reviewOf(others));
        // In the same file, no object of a name has another to be taken for.
        const countOf = (all: readonly Pod[], { name, file }: Pod): number =>
          all.filter(each => each.name === name && each.file === file).length;
        others.forEach((one, i) => {
          if (countOf(others, one) !== 1 || countOf(some, one) !== 1) return;
          const j = some.findIndex(({ name, file }) => name === one.name && file === one.file);
          const was = before.results[j] && entryOf(before.results[j]);
          const [ran, runs] = [was && isolationOf(was), results[i]?.decision.isolation];
          if (ran === undefined || runs === undefined || rank(runs) >= rank(ran)) return;
          expect(results[i]?.since?.worse).toContain('isolation');
        });
      }),
      { numRuns: 200 },
    );
  });

  it('has another fingerprint, so that code scanning and Code Quality tell it anew', () => {
    const boxed = { name: 'web', file: 'a.yaml', runtimeClass: '', spec: '', container: '' };
    const printsOf = (risk: string): readonly string[] =>
      remarksOf(reviewOf([{ ...boxed, risk }])).map(({ fingerprint }) => fingerprint);
    expect(printsOf('critical')).toHaveLength(1);
    expect(printsOf('critical')).not.toEqual(printsOf('high'));
    expect(printsOf('critical')).toEqual(printsOf('critical'));
  });

  it('is known of a file of an earlier version by what was required', () => {
    const [result] = reviewOf([
      { name: 'web', file: 'a.yaml', risk: 'critical', runtimeClass: '', spec: '', container: '' },
    ]).results;
    const entry = result && entryOf(result);
    expect(entry?.isolation).toBe('vm');
    const { isolation: _, ...earlier } = entry ?? {};
    expect(isolationOf(earlier as NonNullable<typeof entry>)).toBe('vm');
  });
});
