import type { Verdict } from '../../decision/decision.ts';
import { signalById } from '../../signals/index.ts';
import type { SignalId } from '../../signals/signal.ts';
import { placesIn } from '../../source/alike.ts';
import type { Problem } from '../../source/document.ts';
import { shellLine } from '../../source/files/projects.ts';
import { clean, count, sentence, someOf } from '../../source/text.ts';
import { alsoSentence, placeWords } from '../layout/problem.ts';
import { isListed } from '../listed.ts';
import { type Review, type Reviewed, tally } from '../result.ts';
import { relevantSignals } from '../told/relevant.ts';
import { draftedBut, isDrafted } from '../told/told.ts';
import { exemptionSentences } from '../words/exemptions.ts';
import { fixSentence } from '../words/fix.ts';
import { notesOf, noteText, whySentence } from '../words/notes.ts';
import { overallSentences } from '../words/overall.ts';
import { whyNow, worseWords } from '../words/since.ts';
import { objectName, placeOf } from '../words/terms.ts';

/** The most rows and traces of a comment: GitHub takes 65,536 characters, and nobody reads more. */
const MOST_ROWS = 100;
const MOST_TRACES = 25;
const MOST_PLACES = 5;
const MOST_PROBLEMS = 20;
const MOST_NOTES = 20;
const MOST_EXEMPT = 20;
/** A command is meant to be copied, and half of one is useless. */
const LONGEST_COMMAND = 4000;

/**
 * `-o markdown`: the comment on a pull request. First come rejected and sandboxed objects, one row each; what leads to a
 * rejection is folded; admitted objects are only counted.
 */
export function markdown(review: Review): string {
  const { problems, notes = [] } = review;
  const inScope = review.results.filter(({ outOfScope }) => !outOfScope);
  const told = inScope.filter(isListed(review));
  const rejected = told.filter(({ decision }) => decision.verdict === 'reject');
  const sandboxed = told.filter(({ decision }) => decision.verdict === 'sandbox');
  // With a baseline, an admitted object is reported where it is less isolated than before.
  const weaker = told.filter(({ decision, since }) => decision.verdict === 'admit' && since);
  return `${[
    headline(review, inScope),
    table([...rejected, ...sandboxed, ...weaker]),
    ...rejected.slice(0, MOST_TRACES).map(result => trace(result, review)),
    noteList([...rejected, ...sandboxed, ...weaker]),
    exemptList(review.results),
    problemList('Not judged as it stands', problems),
    problemList(
      'Policies, exemptions and profiles',
      notes.map(note => ({ ...note, severity: 'note', path: '' })),
    ),
    overallSentences(review)
      .map(line => `<sub>${inText(line, 4000)}</sub>`)
      .join('<br>'),
  ]
    .filter(part => part !== '')
    .join('\n\n')}\n`;
}

/** `### ❌ Cofferdam: 2 of 5 objects rejected, 2 sandboxed` */
function headline({ results, problems, baseline }: Review, inScope: readonly Reviewed[]): string {
  const news = inScope.filter(isListed(baseline ? { baseline } : {}));
  const weaker = news.filter(({ since }) => since?.worse.includes('isolation'));
  const { reject, sandbox, admit } = tally(news.filter(result => !weaker.includes(result)));
  const errors = placesIn(problems.filter(({ severity }) => severity === 'error'));
  const mark = reject > 0 || errors > 0 ? '❌' : weaker.length > 0 ? '⚠️' : '✅';
  const outside = results.length - inScope.length;
  const parts = [
    ...(reject > 0 ? [`${reject} rejected`] : []),
    ...(sandbox > 0 ? [`${sandbox} sandboxed`] : []),
    ...(weaker.length > 0 ? [`${weaker.length} less isolated`] : []),
    ...(admit > 0 ? [`${admit} admitted`] : []),
    ...(outside > 0 ? [`${outside} out of scope`] : []),
    ...(errors > 0 ? [count(errors, 'problem')] : []),
  ];
  if (baseline) {
    const since = parts.length > 0 ? parts.join(', ') : 'nothing';
    return `### ${mark} Cofferdam: ${count(results.length, 'object')} judged; new or worse since the baseline: ${since}`;
  }
  return `### ${mark} Cofferdam: ${count(results.length, 'object')} judged${parts.length > 0 ? `, ${parts.join(', ')}` : ''}`;
}

/** The marks of verdicts. An admitted object is only listed where it is less isolated than before. */
const MARKS: Readonly<Record<Verdict, string>> = { reject: '❌', sandbox: '📦', admit: '⬇️' };

function table(results: readonly Reviewed[]): string {
  if (results.length === 0) return '';
  const rows = results.slice(0, MOST_ROWS).map(result => {
    const { decision, namespace, source } = result;
    const isRejected = decision.verdict === 'reject';
    return [
      `${MARKS[decision.verdict]} ${wordOf(result)}`,
      codeInRow(objectName(result)),
      codeInRow(namespace),
      isRejected ? '' : codeInRow(decision.runtimeClass ?? ''),
      inText(isRejected ? whySentence(result) : whyNow(result)),
      codeInRow(placeWords(source)),
    ];
  });
  const more = results.length - rows.length;
  return [
    '| verdict | object | namespace | class | why | where |',
    '|---|---|---|---|---|---|',
    ...rows.map(cells => `| ${cells.join(' | ')} |`),
    ...(more > 0 ? ['', `And ${count(more, 'more object')}.`] : []),
  ].join('\n');
}

/** The effect of the namespace's mode, where that differs from what the verdict says. */
const wordOf = ({ decision: { verdict }, mode }: Reviewed): string => {
  const asSaid = mode === 'enforce' || verdict === 'admit' || (mode === 'inject' && verdict === 'sandbox');
  return asSaid ? verdict : `${verdict} (${mode})`;
};

/** What leads to a rejection and what to do, folded. */
function trace(result: Reviewed, { explaining }: Review): string {
  const { decision } = result;
  const relevant = new Set(relevantSignals(decision));
  const found = decision.findings.filter(
    ({ signal, waivedBy }) => relevant.has(signal) && waivedBy === undefined,
  );
  const places = found.slice(0, MOST_PLACES).map(finding => {
    const { path, position } = result.locate(finding.path);
    return `- ${code(placeWords(position))} ${signalLink(finding.signal)}: ${code(placeOf({ ...finding, path }))}`;
  });
  const more = found.length - places.length;
  const worse = worseWords(result);
  const drafting = isDrafted(result) && explaining?.(result);
  const fix = fixSentence(decision);
  return [
    `<details><summary>${inText(objectName(result))}: what leads to it, and what to do</summary>`,
    '',
    ...places,
    ...(more > 0 ? [`- and ${count(more, 'more place')}`] : []),
    ...(fix ? ['', `**Fix:** ${inText(fix)}`] : []),
    ...(worse ? ['', `**Worse.** ${inText(sentence(worse))}`] : []),
    ...(drafting
      ? [
          '',
          `**If it has to be so${draftedBut(result)},** this drafts an exemption: ${code(shellLine(drafting), LONGEST_COMMAND)}`,
        ]
      : []),
    '',
    '</details>',
  ].join('\n');
}

/** Policies and exemptions name a signal by its id, which links to the page that describes it. */
function signalLink(id: SignalId): string {
  const source = signalById.get(id)?.source;
  return source === undefined ? code(id) : `[${code(id)}](${source})`;
}

/** What is worth knowing about the listed objects. A note about several is written once. */
const noteList = (results: readonly Reviewed[]): string =>
  listOf('Worth knowing', results, result => notesOf(result, whySentence(result)).map(noteText), MOST_NOTES);

/** Who is exempt from what, until when and by whom, including admitted objects, which have no row. */
const exemptList = (results: readonly Reviewed[]): string =>
  listOf('Exempt', results, ({ decision }) => exemptionSentences(decision).map(sentence), MOST_EXEMPT);

/** Notes about objects. A note about several is written once, and the one about most comes first. */
function listOf(
  title: string,
  results: readonly Reviewed[],
  textsOf: (result: Reviewed) => readonly string[],
  most: number,
): string {
  const byText = new Map<string, Reviewed[]>();
  for (const result of results)
    for (const text of textsOf(result)) byText.set(text, [...(byText.get(text) ?? []), result]);
  if (byText.size === 0) return '';
  const all = [...byText].toSorted(([, a], [, b]) => b.length - a.length);
  const lines = all
    .slice(0, most)
    .map(([text, some]) => `- ${inText(someOf(some.map(objectName)))}: ${inText(text, 1000)}`);
  const more = all.length - lines.length;
  return [`**${title}**`, '', ...lines, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n');
}

interface Listed extends Omit<Problem, 'severity'> {
  readonly severity: Problem['severity'] | 'note';
}

export function problemList(title: string, problems: readonly Listed[]): string {
  if (problems.length === 0) return '';
  const lines = problems.slice(0, MOST_PROBLEMS).map(
    ({ severity, position, object, path, message, fix, also }) =>
      `- ${code(placeWords(position))} ${severity}: ${[object, path]
        .filter(part => part)
        .map(part => `${code(part ?? '')}: `)
        .join(
          '',
        )}${inText(`${message}.`)}${also ? ` ${inText(alsoSentence(also))}` : ''}${fix ? ` ${inText(fix)}` : ''}`,
  );
  const more = problems.length - lines.length;
  return [`**${title}**`, '', ...lines, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n');
}

/** A code span within the row of a table: a bar needs a backslash before it that belongs to nothing else (GFM 4.10). */
export const codeInRow = (given: string): string =>
  code(given)
    .replaceAll(/(?<=\\)[|]/g, ' |')
    .replaceAll('|', '\\|');

/** A code span that nothing in it ends: only a run of backticks of the same length does (CommonMark 0.31, 6.1). */
function code(given: string, limit = 300): string {
  const text = clean(given, limit);
  const runs = text.match(/`+/g) ?? [];
  const fence = '`'.repeat(1 + Math.max(0, ...runs.map(run => run.length)));
  return text === '' ? '' : runs.length > 0 ? `${fence} ${text} ${fence}` : `${fence}${text}${fence}`;
}

/** Text that is shown as it is: without markup, links, or a mention that notifies a person or links an issue. */
export const inText = (given: string, limit = 600): string =>
  clean(given, limit)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_[\]|~]/g, '\\$&')
    // GFM (6.9) makes links of these without any markup.
    .replaceAll(/:(?=\/\/)|\bwww(?=\.)|[@#]/gi, '$&<!-- -->');
