import { element, text } from '../report/layout/xml.ts';
import { clean } from '../source/text.ts';
import type { Tried } from './case.ts';
import type { CaseResults } from './results.ts';
import { differenceLines, isFailed, whyOf } from './table.ts';

/** `-o junit`: a suite for each file, and a test for each case. https://github.com/testmoapp/junitxml */
export function junit({ tried }: CaseResults): string {
  const suites = [...Map.groupBy(tried, one => one.case.position.file)].map(([file, cases]) =>
    element('testsuite', { name: file, ...countsOf(cases) }, cases.map(testcase).join('\n')),
  );
  const all = element('testsuites', { name: 'cofferdam test', ...countsOf(tried) }, suites.join('\n'));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${all}\n`;
}

const countsOf = (tried: readonly Tried[]): Readonly<Record<string, number>> => ({
  tests: tried.length,
  failures: tried.filter(isFailed).length,
});

function testcase(one: Tried): string {
  const { name, position } = one.case;
  const { file, line } = position;
  const attributes = { classname: file, name, file, ...(line !== undefined && { line }) };
  if (!isFailed(one)) return element('testcase', attributes);
  const lines = [...differenceLines(one), `Why: ${whyOf(one)}`];
  const message = clean(lines[0] ?? '', 400);
  return element(
    'testcase',
    attributes,
    element('failure', { message }, text(lines.map(line => clean(line, 1000)).join('\n'))),
  );
}
