import type { Decision } from '../decision/decision.ts';
import { isRisk } from '../signals/index.ts';
import type { SignalId } from '../signals/signal.ts';
import { exemptionSentences } from './exempt.ts';
import { fixFor, fixSentence } from './fix.ts';
import { columns, fill, hang } from './layout.ts';
import { resultNotes } from './notes.ts';
import { isWaived, signalsAgainst } from './objection.ts';
import { outcomeSentence } from './outcome.ts';
import type { Paint } from './paint.ts';
import { placeWords } from './problem.ts';
import { type Place, type Reviewed, tenseOf } from './result.ts';
import { noteLines } from './sentences.ts';
import { clean, count, sentence } from './text.ts';
import { placeOf, withoutPlace } from './words.ts';

const INDENT = '  ';
/** Of one signal; a workload with ten containers has as many. */
const MAX_PLACES = 3;

/** The lines below a row: why, where, and what to do. An admitted object has none but what is exempt, and its notes. */
export function details(result: Reviewed, paint: Paint, width: number): string[] {
  const { decision } = result;
  const why = outcomeSentence(decision, withoutPlace, tenseOf(result));
  const notes = [...resultNotes(result), ...noteLines(decision, why)].map(note =>
    labelled('Note', sentence(note)),
  );
  const exempt = exemptionSentences(decision).map(text => labelled('Exemption', sentence(text)));
  if (decision.verdict === 'admit') return paragraphs([...exempt, ...notes], paint, width);
  const signals = relevantSignals(decision);
  const fix = fixSentence(decision);
  // Most often the fix is that of a signal, which stands below the signal's places already.
  const told = signals.map(signal => fixFor(signal, decision)).some(one => one !== '' && fix.includes(one));
  return [
    ...paragraphs([labelled('Why', sentence(why))], paint, width),
    ...places(result, signals, paint, width),
    ...paragraphs([...(fix && !told ? [labelled('Fix', fix)] : []), ...exempt, ...notes], paint, width),
  ];
}

interface Labelled {
  readonly label: string;
  readonly text: string;
}
const labelled = (label: string, text: string): Labelled => ({ label, text });

const paragraphs = (list: readonly Labelled[], paint: Paint, width: number): string[] =>
  list.flatMap(({ label, text }) => {
    const [first = '', ...rest] = hang(`${INDENT}${label}: `, clean(text, 1000), width);
    return [first.replace(`${label}:`, paint.dim(`${label}:`)), ...rest];
  });

/**
 * What bears on the verdict: risks that nobody waived, and whatever stands against a class. Of a Pod that has its place,
 * against one that was passed over for it: what only a later one could not do is nothing to mend.
 */
function relevantSignals({ findings, placement, runtimeClass }: Decision): SignalId[] {
  const chosen = placement.findIndex(step => step.runtimeClass === runtimeClass);
  const against = new Set(placement.slice(0, chosen < 0 ? undefined : chosen).flatMap(signalsAgainst));
  const relevant = findings.filter(
    ({ signal, waivedBy }) => (waivedBy === undefined && isRisk(signal)) || against.has(signal),
  );
  return [...new Set(relevant.map(({ signal }) => signal))];
}

function places(result: Reviewed, signals: readonly SignalId[], paint: Paint, width: number): string[] {
  const groups = signals.map(signal => ({
    // What is exempt may stay.
    fix: isWaived(signal, result.decision.findings) ? '' : fixFor(signal, result.decision),
    found: result.decision.findings
      .filter(finding => finding.signal === signal)
      .map(finding => ({ finding, place: result.locate(finding.path) })),
  }));
  const leads = groups.flatMap(({ found }) => found.map(({ place }) => leadOf(place)));
  const column = Math.max(0, ...leads.map(columns));
  return groups.flatMap(({ found, fix }) => {
    const shown = found.slice(0, MAX_PLACES).map(({ finding, place }) => {
      const lead = leadOf(place);
      const waived = finding.waivedBy === undefined ? '' : ` (waived by ${clean(finding.waivedBy)})`;
      const text = placeOf({ ...finding, path: place.path });
      return `${INDENT}${paint.dim(lead)}${fill(lead, column)}  ${text}${waived}`;
    });
    const blank = `${INDENT}${' '.repeat(column)}  `;
    const more = found.length - MAX_PLACES;
    return [
      ...shown,
      ...(more > 0 ? [`${blank}and ${count(more, 'more place')}`] : []),
      ...(fix ? hang(`${INDENT}${INDENT}Fix: `, fix, width).map(paint.dim) : []),
    ];
  });
}

const leadOf = ({ position }: Place): string => placeWords(position);
