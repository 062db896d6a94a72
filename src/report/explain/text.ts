import type { Decision } from '../../decision/decision.ts';
import { assumedSentence, decisiveSentence } from '../assumed.ts';
import { exemptionSentences } from '../exempt.ts';
import { fixSentence } from '../fix.ts';
import { hang } from '../layout.ts';
import { resultNotes, scopeNotes } from '../notes.ts';
import { outcomeSentence } from '../outcome.ts';
import { painter } from '../paint.ts';
import { placeWords } from '../problem.ts';
import type { Style } from '../result.ts';
import { noteLines } from '../sentences.ts';
import { clean, count, quote, sentence } from '../text.ts';
import { isolationWords, withoutPlace } from '../words.ts';
import { candidateLines } from './candidates.ts';
import type { Explained, Page } from './explained.ts';
import { foundLines } from './found.ts';
import { requiredLines, scoreLines } from './score.ts';

/** The trace, as a person reads it: the answer first, then how it came about. */
export function explainText(explained: Explained, style: Style): string {
  const page: Page = { paint: painter(style.color), width: style.width };
  const answer = answerLines(explained, page);
  // What is beyond the bounds is not looked at any further: nothing led to the verdict but that.
  const sections = explained.result.decision.excess ? [answer] : [answer, ...traceOf(explained, page)];
  const shown = sections.filter(lines => lines.length > 0).map(lines => lines.join('\n'));
  return `${shown.join('\n\n')}\n`;
}

/** Found, scored, required, placed, patched, exempted. */
function traceOf(explained: Explained, page: Page): readonly string[][] {
  const { decision } = explained.result;
  const { governing, others, placement, findings } = decision;
  const governs = others.length > 0 ? ', which governs: it requires most' : '';
  return [
    section(`Found: ${count(findings.length, 'finding')}`, foundLines(explained.result, page), page),
    section(
      `Score ${governing.score}, by policy ${quote(governing.policy)}${governs}`,
      scoreLines(governing, page),
      page,
    ),
    section(`Required: ${decision.required}`, requiredLines(governing), page),
    ...others.map(other =>
      section(
        `Also in force: policy ${quote(other.policy)}, score ${other.score}, requires ${other.required}`,
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
      'Only an exemption would let it in as it is; a draft',
      [...leadsTo(explained.withExemption, page), ...indented(explained.exemption)],
      page,
    ),
  ];
}

const section = (title: string, lines: readonly string[], { paint }: Page): string[] =>
  lines.length > 0 ? [paint.head(title), ...lines] : [];

/** What the Pod becomes by it, so that nobody signs for something else than he gets. */
function leadsTo(decision: Decision | undefined, { width }: Page): string[] {
  if (!decision) return [];
  const { verdict, runtimeClass, isolation = 'host-kernel' } = decision;
  const where =
    runtimeClass === undefined
      ? isolationWords(isolation)
      : `RuntimeClass ${quote(runtimeClass)} (${isolation})`;
  return hang('  ', `With it: ${verdict}, on ${where}.`, width);
}

const indented = (text: string): string[] =>
  text
    .split('\n')
    .filter(line => line !== '')
    .map(line => `  ${clean(line)}`);

/** Who, the verdict, why, and what to do. */
function answerLines({ result, assumed }: Explained, { paint, width }: Page): string[] {
  const { kind, name, namespace, source, decision } = result;
  const fix = fixSentence(decision);
  const why = outcomeSentence(decision, withoutPlace);
  const paragraphs = [
    sentence(why),
    ...(fix ? [`Fix: ${fix}`] : []),
    ...(decision.excess ? ['Note: Nothing else of it was looked at.'] : []),
    ...[...scopeNotes(result), ...resultNotes(result), ...noteLines(decision, why)].map(
      note => `Note: ${sentence(note)}`,
    ),
    ...exemptionSentences(decision).map(text => `Exemption ${sentence(text)}`),
    ...[assumedSentence(assumed), decisiveSentence(assumed)].filter(text => text !== ''),
  ];
  return [
    `${paint.head(`${clean(kind)}/${clean(name) || '(unnamed)'}`)} in namespace ${clean(namespace)} ${paint.dim(`(${placeWords(source)})`)}`,
    `Verdict: ${paint.verdict(decision.verdict, decision.verdict)}`,
    ...paragraphs.flatMap(text => hang('  ', clean(text, 1000), width)),
  ];
}
