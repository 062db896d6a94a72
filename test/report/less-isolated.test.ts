import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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

const pod: fc.Arbitrary<Pod> = fc.record({
  name: fc.constantFrom('web', 'job'),
  file: fc.constantFrom('a.yaml', 'b.yaml'),
  risk: fc.constantFrom('', 'low', 'medium', 'high', 'critical'),
  runtimeClass: fc.constantFrom('', '', 'gvisor', 'kata-qemu', 'kata-qemu-snp'),
  spec: fc.constantFrom('', '', 'hostPID: true'),
  container: fc.constantFrom(
    '',
    'ports: [{containerPort: 80, hostPort: 80}]',
    'securityContext: {privileged: true}',
    'securityContext: {capabilities: {add: [SYS_ADMIN]}}',
  ),
});

const resultOf = ({ name, file, risk, runtimeClass, spec, container }: Pod, i: number): Reviewed => ({
  apiVersion: 'v1',
  kind: 'Pod',
  name,
  namespace: 'shop',
  source: { file, line: i + 1 },
  mode: 'enforce',
  decision: decided({
    labels: risk && `cofferdam.dev/risk: ${risk}`,
    spec: [spec, runtimeClass && `runtimeClassName: ${runtimeClass}`].filter(Boolean).join('\n  '),
    container,
  }),
  locate: path => ({ path, position: { file, line: i + 1 } }),
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

describe('whatever is less isolated than in the baseline', () => {
  it('is told, in every format', async () => {
    await fc.assert(
      fc.asyncProperty(pod, pod, async (one, other) => {
        const before = reviewOf([one]);
        const after = against(before, reviewOf([{ ...other, name: one.name }]));
        const [was] = before.results.flatMap(result => entryOf(result) ?? []);
        const [now] = after.results;
        const ran = was && isolationOf(was);
        const runs = now?.decision.isolation;
        fc.pre(ran !== undefined && runs !== undefined);
        const isLess = rank(runs) < rank(ran);
        expect(now?.since?.worse.includes('isolation') ?? false).toBe(isLess);
        if (!isLess || !now) return;
        expect(now.since).toMatchObject({ state: 'worse' });
        expect(isListed(after)(now)).toBe(true);
        expect(remarksOf(after)).toContainEqual(expect.objectContaining({ object: `Pod/shop/${one.name}` }));
        for (const format of Object.keys(FORMATS).filter(name => name !== 'json'))
          expect(await onlyIn(after, format), format).toMatch(/Since\s+the\s+baseline:[\s\S]*and\s+ran\s+on/);
        expect(JSON.parse(await onlyIn(after, 'json')).results).toHaveLength(1);
        expect(after.baseline?.gone.filter(({ findings }) => findings === 0)).toEqual([]);
      }),
      { numRuns: 300 },
    );
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
