import { clean, count, quote, sentence } from '../../source/text.ts';
import { yamlText } from '../../source/yaml/yaml-text.ts';
import { painter } from '../layout/paint.ts';
import { placeWords } from '../layout/problem.ts';
import { hang } from '../layout/wrap.ts';
import type { Style } from '../result.ts';
import { assumedSentence, decisiveSentence } from '../words/assumed.ts';
import { exemptionSentences } from '../words/exemptions.ts';
import { fixSentence } from '../words/fix.ts';
import { wordsFor } from '../words/kinds.ts';
import { leadsWords } from '../words/leads.ts';
import { notesOf, noteText, scopeNotes } from '../words/notes.ts';
import { outcomeSentence } from '../words/outcome.ts';
import { scoreWords } from '../words/score.ts';
import { objectName, withoutPlace } from '../words/terms.ts';
import { candidateLines } from './candidates.ts';
import type { Explained, Page } from './explained.ts';
import { foundLines } from './found.ts';
import { requiredLines, scoreLines } from './score.ts';

/** The trace for a person: first the answer, and then what led to it. */
export function explainText(explained: Explained, style: Style): string {
  const page: Page = { paint: painter(style.color), width: style.width };
  const answer = answerLines(explained, page);
  // A Pod beyond the bounds is not examined any further, so nothing else led to the verdict.
  const sections = explained.result.decision.excess ? [answer] : [answer, ...traceOf(explained, page)];
  const shown = sections.filter(lines => lines.length > 0).map(lines => lines.join('\n'));
  return `${shown.join('\n\n')}\n`;
}

/** What was found, how it adds up, what it requires, where it fits, the patch, and exemptions. */
function traceOf(explained: Explained, page: Page): readonly string[][] {
  const { decision } = explained.result;
  const { governing, others, placement, findings } = decision;
  const governs = others.length > 0 ? ', which governs: it requires most' : '';
  return [
    section(`Found: ${count(findings.length, 'finding')}`, foundLines(explained.result, page), page),
    section(
      `Score ${scoreWords(governing).trim()}, by policy ${quote(governing.policy)}${governs}`,
      scoreLines(governing, page),
      page,
    ),
    section(`Required: ${decision.required}`, requiredLines(governing), page),
    ...others.map(other =>
      section(
        `Also in force: policy ${quote(other.policy)}, score ${scoreWords(other).trim()}, requires ${other.required}`,
        [...scoreLines(other, page), ...requiredLines(other)],
        page,
      ),
    ),
    section(
      placement.length > 1 ? 'Candidates, in order' : 'Candidate',
      candidateLines(explained, page),
      page,
    ),
    section(
      'What the webhook would patch',
      explained.patch.map(step => `  ${clean(JSON.stringify(step), 2000)}`),
      page,
    ),
    section(
      `${explained.isUnnamed ? `Only an exemption would let it in, and only without ${wordsFor(decision).field}` : 'Only an exemption would let it in as it is'}${explained.exemption ? '; a draft' : ''}`,
      [
        ...toFillIn(explained, page),
        ...leadsTo(explained, page),
        ...indented(explained.exemption ? yamlText(explained.exemption) : ''),
      ],
      page,
    ),
  ];
}

const section = (title: string, lines: readonly string[], { paint }: Page): string[] =>
  lines.length > 0 ? [paint.head(title), ...lines] : [];

const toFillIn = ({ fillIn }: Explained, { width }: Page): string[] =>
  fillIn
    ? hang(
        '  ',
        `To have one drafted, fill in the ${fillIn} first: no exemption can name it as it is.`,
        width,
      )
    : [];

/** What the draft leads to, so that nobody signs for something else than they get. */
function leadsTo({ withExemption, isUnnamed, result }: Explained, { width }: Page): string[] {
  if (!withExemption) return [];
  const given = isUnnamed ? `With it, and without ${wordsFor(result.decision).field}` : 'With it';
  return hang('  ', `${given}: ${leadsWords(withExemption)}.`, width);
}

const indented = (text: string): string[] =>
  text
    .split('\n')
    .filter(line => line !== '')
    .map(line => `  ${clean(line)}`);

/** The object, the verdict, the reason, and what to do. */
function answerLines({ result, assumed }: Explained, { paint, width }: Page): string[] {
  const { namespace, source, decision } = result;
  const fix = fixSentence(decision);
  const why = outcomeSentence(decision, withoutPlace);
  const paragraphs = [
    sentence(why),
    ...(fix ? [`Fix: ${fix}`] : []),
    ...(decision.excess ? ['Note: Nothing else of it was looked at.'] : []),
    ...[...scopeNotes(result).map(sentence), ...notesOf(result, why).map(noteText)].map(
      note => `Note: ${note}`,
    ),
    ...exemptionSentences(decision).map(text => `Exemption ${sentence(text)}`),
    ...[assumedSentence(assumed), decisiveSentence(assumed)].filter(text => text !== ''),
  ];
  return [
    `${paint.head(`${objectName(result)}`)} in namespace ${clean(namespace)} ${paint.dim(`(${placeWords(source)})`)}`,
    `Verdict: ${paint.verdict(decision.verdict, decision.verdict)}`,
    ...paragraphs.flatMap(text => hang('  ', clean(text, 1000), width)),
  ];
}
