import { clean, sentence } from '../../source/text.ts';
import { alsoSentence } from '../layout/problem.ts';
import { element, text } from '../layout/xml.ts';
import { listed } from '../listed.ts';
import type { Review, Reviewed } from '../result.ts';
import { exemptionSentences } from '../words/exemptions.ts';
import { fixSentence } from '../words/fix.ts';
import { overallSentences } from '../words/overall.ts';
import { ruleSentences } from '../words/rules.ts';
import { reasonLines } from '../words/sentences.ts';
import { whyNow } from '../words/since.ts';

/**
 * `-o junit`: a suite for each file and a case for each object, as CI systems list tests. A rejected object fails; one that
 * nobody asks about, or that no mode rejects, is skipped; input that is not judged is an error.
 * https://github.com/testmoapp/junitxml
 */
export function junit(review: Review): string {
  const { problems } = review;
  // What a baseline knows becomes a skipped test, as a missing test would look lost.
  const results = listed(withoutBaseline(review));
  const judged = Map.groupBy(results, ({ source }) => source.file);
  const unread = Map.groupBy(problems, ({ position }) => position.file);
  const suites = [...new Set([...judged.keys(), ...unread.keys()])].map(file => {
    const errors = (unread.get(file) ?? []).filter(({ severity }) => severity === 'error');
    return suite(file, [...(judged.get(file) ?? []).map(caseOf), ...errors.map(errorOf)]);
  });
  const all = suites.flatMap(({ cases }) => cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    element(
      'testsuites',
      { name: nameOf(review), ...countsOf(all) },
      suites.map(({ xml }) => xml).join('\n'),
    ),
    '',
  ].join('\n');
}

const withoutBaseline = ({ baseline, ...review }: Review): Review => review;

/** The name of the report, which is its one place for what no case says. */
const nameOf = (review: Review): string =>
  ['cofferdam review', overallSentences(withoutBaseline(review)).join(' ')].filter(Boolean).join(': ');

interface Case {
  readonly kind: 'passed' | 'failure' | 'skipped' | 'error';
  readonly xml: string;
}

const countsOf = (cases: readonly Case[]): Readonly<Record<string, number>> => {
  const number = (kind: Case['kind']): number => cases.filter(one => one.kind === kind).length;
  return {
    tests: cases.length,
    failures: number('failure'),
    errors: number('error'),
    skipped: number('skipped'),
  };
};

function suite(
  file: string,
  cases: readonly Case[],
): { readonly cases: readonly Case[]; readonly xml: string } {
  return {
    cases,
    xml: element('testsuite', { name: file, ...countsOf(cases) }, cases.map(({ xml }) => xml).join('\n')),
  };
}

function caseOf(result: Reviewed): Case {
  const { source, kind, namespace, name, decision, mode, outOfScope, since } = result;
  const why = whyNow(result);
  const attributes = {
    classname: source.file,
    name: `${kind}/${namespace}/${name}`,
    file: source.file,
    ...(source.line !== undefined && { line: source.line }),
  };
  const exempt = exemptionSentences(decision).map(text => `Exemption: ${sentence(text)}`);
  const rules = ruleSentences(decision).map(sentence);
  const written = (kindOf: Case['kind'], inner: string, said = [...rules, ...exempt]): Case => ({
    kind: kindOf,
    xml: element('testcase', attributes, [inner, saidOf(said)].filter(xml => xml !== '').join('\n')),
  });
  if (outOfScope || mode === 'off')
    return written('skipped', element('skipped', { message: `out of scope; ${why}` }));
  if (since?.state === 'known')
    return written('skipped', element('skipped', { message: `in the baseline; ${why}` }));
  if (decision.verdict !== 'reject') return written('passed', '', [why, ...rules, ...exempt]);
  if (mode !== 'enforce') return written('skipped', element('skipped', { message: `mode ${mode}; ${why}` }));
  const fix = fixSentence(decision);
  const lines = [...reasonLines(decision), ...rules, ...(fix ? [`Fix: ${fix}`] : [])];
  return written(
    'failure',
    element(
      'failure',
      { type: decision.outcome, message: why },
      text(lines.map(line => clean(line, 1000)).join('\n')),
    ),
    exempt,
  );
}

/** The further output of a case, line by line. */
const saidOf = (lines: readonly string[]): string =>
  lines.length > 0 ? element('system-out', {}, text(lines.join('\n'))) : '';

const errorOf = ({ position, object, path, message, fix, also }: Review['problems'][number]): Case => ({
  kind: 'error',
  xml: element(
    'testcase',
    { classname: position.file, name: object ?? path ?? 'input', file: position.file },
    element(
      'error',
      { type: 'input', message: also ? `${message}. ${alsoSentence(also)}` : message },
      text(fix ?? ''),
    ),
  ),
});
