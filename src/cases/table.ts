import { painter } from '../report/layout/paint.ts';
import { placeWords } from '../report/layout/problem.ts';
import { hang, wrap } from '../report/layout/wrap.ts';
import type { Style } from '../report/result.ts';
import { outcomeSentence } from '../report/words/outcome.ts';
import { withoutPlace } from '../report/words/terms.ts';
import { clean, count, sentence, someOf } from '../source/text.ts';
import type { Tried } from './case.ts';
import type { Coverage, Part } from './coverage.ts';
import type { CaseResults } from './results.ts';

/** `-o table`: one line for each file, with the cases that failed and how below it; then what no case has shown, and a summary. */
export function table({ tried, coverage }: CaseResults, { color, width }: Style): string {
  const paint = painter(color);
  const files = [...Map.groupBy(tried, one => one.case.position.file)].map(([file, cases]) => {
    const failed = cases.filter(isFailed);
    const words = [
      ...(failed.length < cases.length ? [paint.good(`${cases.length - failed.length} passed`)] : []),
      ...(failed.length > 0 ? [paint.bad(`${failed.length} failed`)] : []),
    ];
    return [
      `${paint.head(clean(file))}  ${words.join(', ')}`,
      ...failed.flatMap(one => failureLines(one, width, text => paint.bad(text))),
    ];
  });
  const failures = tried.filter(isFailed).length;
  const summary = `${count(tried.length, 'case')}: ${tried.length - failures} passed, ${failures} failed.`;
  const sections = [
    files.flat(),
    coverageLines(coverage).flatMap(line => wrap(line, width)),
    [failures > 0 ? paint.bad(summary) : summary],
  ];
  return `${sections
    .filter(section => section.length > 0)
    .map(section => section.join('\n'))
    .join('\n\n')}\n`;
}

export const isFailed = ({ differences }: Tried): boolean => differences.length > 0;

function failureLines(one: Tried, width: number, bad: (text: string) => string): readonly string[] {
  return [
    `  ${bad('✗')} ${clean(one.case.name)}  ${placeWords(one.case.position)}`,
    ...differenceLines(one).map(line => `      ${line}`),
    ...hang('    Why: ', whyOf(one), width),
  ];
}

/** `verdict    expected sandbox, found admit`, a line for each difference. */
export function differenceLines({ differences }: Tried): readonly string[] {
  const longest = Math.max(...differences.map(({ field }) => field.length));
  return differences.map(
    ({ field, expected, found }) =>
      `${field.padEnd(longest)}  expected ${clean(expected)}, found ${clean(found)}`,
  );
}

/** Why it was decided like this. */
export const whyOf = ({ decision }: Tried): string =>
  sentence(outcomeSentence(decision, withoutPlace, 'would be'));

const NAMES: Readonly<Record<Part['what'], (n: number) => string>> = {
  rule: n => count(n, 'rule'),
  label: n => count(n, 'value of a label', 'values of labels'),
  tier: n => count(n, 'tier'),
  signal: n => count(n, 'signal that is waived', 'signals that are waived'),
};

/** `Shown by no case: 1 of 3 rules of ClusterSandboxPolicy/edge (public-port).`, a line for each kind of part. */
function coverageLines(coverage: readonly Coverage[]): readonly string[] {
  return coverage.flatMap(({ id, shown, missing }) =>
    [...Map.groupBy(missing, ({ what }) => what)].map(([what, some]) => {
      const all = some.length + shown.filter(part => part.what === what).length;
      const names = some.map(({ name }) => clean(name, 80));
      return `Shown by no case: ${some.length} of ${NAMES[what](all)} of ${clean(id)} (${someOf(names, 5)}).`;
    }),
  );
}
