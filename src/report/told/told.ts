import { toFillIn } from '../../decision/draft-exemption.ts';
import { asUnnamed, signalsToWaive } from '../../decision/to-waive.ts';
import type { Finding, SignalId } from '../../signals/signal.ts';
import { count, sentence, someOf } from '../../source/text.ts';
import type { Reviewed } from '../result.ts';
import { exemptionSentences } from '../words/exemptions.ts';
import { fixFor, fixSentence } from '../words/fix.ts';
import { wordsFor } from '../words/kinds.ts';
import { type Note, notesOf, noteText, tenseOf } from '../words/notes.ts';
import { isWaived } from '../words/objection.ts';
import { outcomeSentence } from '../words/outcome.ts';
import { isByExemption } from '../words/purpose.ts';
import { objectName, withoutPlace } from '../words/terms.ts';
import { relevantSignals } from './relevant.ts';

/** What a table says about one object besides its row, before it is laid out. */
export interface Told {
  readonly result: Reviewed;
  /** A sentence; empty where nothing needs an explanation. */
  readonly why: string;
  /** The signals that bear on the verdict, and what to do about each; a fix for several is given with the last of them. */
  readonly signals: readonly {
    readonly signal: SignalId;
    readonly findings: readonly Finding[];
    readonly fix: string;
  }[];
  /** What to do, where no signal has said it. */
  readonly fix: string;
  /** The exemptions that applied, as sentences. */
  readonly exemptions: readonly string[];
  /** Notes; one whose fix has been given already is without it. */
  readonly notes: readonly Note[];
}

export function toldOf(result: Reviewed): Told {
  const { decision } = result;
  const why = outcomeSentence(decision, withoutPlace, tenseOf(result));
  const isAdmitted = decision.verdict === 'admit';
  const signals = isAdmitted ? [] : signalsOf(result);
  const fixes = signals.map(({ fix }) => fix).filter(fix => fix !== '');
  const own = fixSentence(decision);
  // Usually the fix is that of a signal, which the signal's places already show, or the exemption for several of them together,
  // each of which shows its own.
  const isSaid = fixes.some(one => own.includes(one) || (isByExemption(own) && isByExemption(one)));
  const fix = isSaid ? otherWayIn(own) : own;
  return {
    result,
    why: isAdmitted ? '' : sentence(why),
    signals,
    fix,
    exemptions: exemptionSentences(decision).map(sentence),
    notes: notesOf(result, why).map(note =>
      [...fixes, fix].includes(note.fix) ? { ...note, fix: '' } : note,
    ),
  };
}

/** What can be done instead of changing the Pod, as a sentence; empty where nothing can. */
function otherWayIn(fix: string): string {
  const at = fix.indexOf(' Or ');
  return at < 0 ? '' : sentence(fix.slice(at + ' Or '.length));
}

function signalsOf({ decision }: Reviewed): Told['signals'] {
  const all = relevantSignals(decision).map(signal => ({
    signal,
    findings: decision.findings.filter(finding => finding.signal === signal),
    // What is exempt may stay.
    fix: isWaived(signal, decision.findings) ? '' : fixFor(signal, decision),
  }));
  return all.map((one, i) =>
    all.slice(i + 1).some(({ fix }) => fix === one.fix) ? { ...one, fix: '' } : one,
  );
}

/** What applies to several objects, and so is said once, below them. */
export interface Common {
  /** Whether a fix or a note is among these. */
  has(text: string): boolean;
  /** The groups, the largest first. */
  readonly groups: readonly CommonGroup[];
}

/** Several objects with the same text. */
export interface CommonGroup {
  /** `For 3 objects: Pod/a, Pod/b and Pod/c` */
  readonly who: string;
  readonly fixes: readonly string[];
  readonly notes: readonly string[];
}

export const NOTHING_COMMON: Common = { has: () => false, groups: [] };

/** @param nameOf the name of an object in the rows above */
export function commonOf(all: readonly Told[], nameOf: (result: Reviewed) => string = objectName): Common {
  const notes = holders(all, told => told.notes.map(noteText));
  const fixes = holders(all, told => [
    ...told.signals.map(({ fix }) => fix),
    told.fix,
    // A note that is written once may have the same fix as another.
    ...told.notes.flatMap(note => (notes.has(noteText(note)) ? [] : [note.fix])),
  ]);
  const bySet = Map.groupBy([...fixes.keys(), ...notes.keys()], text =>
    [...(fixes.get(text) ?? notes.get(text) ?? [])].join(),
  );
  const groups = [...bySet.values()].map(texts => {
    const numbers = [...(fixes.get(texts[0] ?? '') ?? notes.get(texts[0] ?? '') ?? [])];
    return {
      size: numbers.length,
      who: whoOf(
        numbers.flatMap(number => all[number]?.result ?? []),
        nameOf,
      ),
      fixes: texts.filter(text => fixes.has(text)),
      notes: texts.filter(text => !fixes.has(text)),
    };
  });
  return {
    has: text => fixes.has(text) || notes.has(text),
    groups: groups.toSorted((a, b) => b.size - a.size),
  };
}

const whoOf = (results: readonly Reviewed[], nameOf: (result: Reviewed) => string): string =>
  `For ${count(results.length, 'object')}: ${someOf(results.map(nameOf))}`;

/** The indices of the objects that a text is about, by text; only texts about several objects. */
function holders(
  all: readonly Told[],
  textsOf: (told: Told) => readonly string[],
): ReadonlyMap<string, ReadonlySet<number>> {
  const found = new Map<string, Set<number>>();
  all.forEach((told, number) => {
    for (const text of textsOf(told))
      if (text !== '') found.set(text, (found.get(text) ?? new Set()).add(number));
  });
  return new Map([...found].filter(([, numbers]) => numbers.size > 1));
}

/**
 * Whether `explain` drafts an exemption for it. For a part of a Pod, neither the images are known, nor what else it will ask
 * for.
 */
export const isDrafted = ({
  decision,
  isFragment,
  isImageOpen,
  outOfScope,
  mode,
  ...subject
}: Reviewed): boolean =>
  decision.verdict === 'reject' &&
  !isFragment &&
  !isImageOpen &&
  !outOfScope &&
  mode !== 'off' &&
  toFillIn(subject) === undefined &&
  signalsToWaive(asUnnamed(decision) ?? decision).length > 0;

/** What has to change even though it is exempt, after `has to be as it is`: usually nothing. */
export const draftedBut = ({ decision }: Reviewed): string =>
  asUnnamed(decision) ? ` but for its ${wordsFor(decision).field}` : '';
