import type { Finding, SignalId } from '../../signals/signal.ts';
import type { Position, Problem } from '../../source/document.ts';
import { capitalized, clean } from '../../source/text.ts';
import { fingerprintOf, objectOf, tellApart, whatOf } from '../baseline/identity.ts';
import { alsoSentence } from '../layout/problem.ts';
import { isListed } from '../listed.ts';
import type { Review, Reviewed, ReviewNote } from '../result.ts';
import { relevantSignals } from '../told/relevant.ts';
import { fixOf, fixSentence } from '../words/fix.ts';
import { blockers, isWaived, subjectOf } from '../words/objection.ts';
import { ruleLine, subjectName } from '../words/sentences.ts';
import { whyNow } from '../words/since.ts';
import { placeOf } from '../words/terms.ts';

/** The level: what is rejected; what leads to that, or would be rejected in a mode that rejects; what is sandboxed. */
export const LEVELS = ['error', 'warning', 'note'] as const;
export type Level = (typeof LEVELS)[number];

/** The rule under which remarks on policies, exemptions and profiles are listed. */
export const SETTINGS = 'settings';

/** The rule under which input is listed that is not judged, or not as it is. */
export const INPUT = 'input';

/** A remark at a place, in the form for tools that comment on lines. */
export interface Remark {
  readonly level: Level;
  /** The id of a signal, the code of an outcome, or `input`. */
  readonly rule: string;
  /** One or two sentences, and the messages of policies' rules to authors. */
  readonly message: string;
  /** One or two sentences; empty where there is nothing to do. */
  readonly fix: string;
  readonly position: Position;
  /** `Deployment/shop/web`; empty where it is about no object. */
  readonly object: string;
  /** The same for the same fault of the same object, even when its lines move: 64 hexadecimal digits. */
  readonly fingerprint: string;
  /**
   * For a remark on an object, where there is a baseline: whether it is new, or was there before in an object that is worse
   * now.
   */
  readonly since?: 'new' | 'updated';
}

/** The message and the fix, where both have to be one text. */
export const withFix = ({ message, fix }: Remark): string => (fix ? `${message} Fix: ${fix}` : message);

type Untold = Omit<Remark, 'fingerprint'> & {
  /** Distinguishes it from others of the same rule in the same object. */
  readonly what: string;
  readonly result?: Reviewed;
};

/**
 * The remarks for a reviewer, the gravest first, and within a level by file and place. There are none for an admitted object,
 * or for one in a namespace that nobody asks about or whose mode is `off`.
 */
export function remarksOf(review: Review): readonly Remark[] {
  const { problems, notes = [] } = review;
  const untold = [
    ...problems.map(ofProblem),
    ...notes.map(ofNote),
    ...review.results.filter(({ mode, outOfScope }) => mode !== 'off' && !outOfScope).flatMap(ofResult),
  ];
  // Two may be alike, such as one object in two files.
  const before = tellApart();
  const isTold = isListed(review);
  return (
    untold
      .map(({ what, result, ...remark }) => {
        const identity = { rule: remark.rule, object: remark.object, what };
        return { result, remark: { ...remark, fingerprint: fingerprintOf(identity, before(identity)) } };
      })
      // They are filtered only here, as those that are not listed count where two are alike.
      .filter(({ result }) => !result || isTold(result))
      .map(({ remark }) => remark)
      .toSorted((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level))
  );
}

function ofResult(result: Reviewed): Untold[] {
  const { verdict } = result.decision;
  if (verdict === 'admit') return result.since ? [ofObject(result)] : [];
  const found = verdict === 'reject' ? ofFindings(result) : [];
  const first = found.findIndex(({ level }) => level === gravest(result));
  return first < 0
    ? [...found, ofObject(result)]
    : found.map((remark, i) => (i === first ? withRules(remark, result) : remark));
}

/** Adds the messages of the rules that counted, once for each object, at its first place. */
const withRules = (remark: Untold, { decision }: Reviewed): Untold => ({
  ...remark,
  message: [remark.message, clean(ruleLine(decision), 1000)].filter(text => text !== '').join(' '),
});

const gravest = ({ mode, decision: { verdict } }: Reviewed): Level => {
  if (verdict !== 'reject') return 'note';
  return mode === 'enforce' ? 'error' : 'warning';
};

/** The remarks at the lines that lead to the rejection. */
function ofFindings(result: Reviewed): Untold[] {
  const { decision } = result;
  const blocking = blockers(decision.placement);
  const why = whyNow(result);
  // What is in the way is why it is rejected. Anything else that bears on it is not.
  const whyOf = (signal: SignalId): string =>
    blocking.length === 0 || blocking.includes(signal)
      ? `: ${why}`
      : `. ${capitalized(subjectOf(signal))} adds to the isolation that is needed:`;
  const relevant = new Set(relevantSignals(decision).filter(signal => !isWaived(signal, decision.findings)));
  return decision.findings
    .filter(({ signal }) => relevant.has(signal))
    .map(finding => {
      const { path, position } = result.locate(finding.path);
      return {
        level: blocking.includes(finding.signal) ? gravest(result) : 'warning',
        rule: finding.signal,
        message: clean(`${nameOf(result)}${whyOf(finding.signal)} ${placeOf({ ...finding, path })}.`, 1000),
        fix: fixOf(finding, decision),
        position,
        object: objectOf(result),
        what: whatOf(finding),
        result,
        ...sinceOf(result, finding),
      };
    });
}

const ofObject = (result: Reviewed): Untold =>
  withRules(
    {
      level: gravest(result),
      rule: result.decision.outcome,
      message: clean(`${nameOf(result)}: ${whyNow(result)}`, 1000),
      fix: fixSentence(result.decision),
      position: result.source,
      object: objectOf(result),
      // An object that is put into a weaker sandbox is a new remark.
      what: result.decision.isolation ?? '',
      result,
      ...sinceOf(result),
    },
    result,
  );

const sinceOf = ({ since }: Reviewed, finding?: Finding): Pick<Remark, 'since'> => {
  if (!since) return {};
  const isNew = since.state === 'new' || (finding !== undefined && since.added.has(finding));
  return { since: isNew ? 'new' : 'updated' };
};

/** The name in ordinary words: `Deployment "web" rejected`. */
const nameOf = (result: Reviewed): string => {
  const { verdict } = result.decision;
  const rejected = result.mode === 'enforce' ? 'rejected' : 'would be rejected';
  const word = { admit: 'less isolated', sandbox: 'sandboxed', reject: rejected }[verdict];
  return `${subjectName(result)} ${word}`;
};

const ofNote = ({ position, object, message, fix }: ReviewNote): Untold => ({
  level: 'note',
  rule: SETTINGS,
  message: clean(`${object ? `${object}: ` : ''}${message}.`, 1000),
  fix: clean(fix, 400),
  position,
  object: clean(object ?? ''),
  what: JSON.stringify([object, message]),
});

const ofProblem = ({ severity, position, object, path, message, fix, also }: Problem): Untold => ({
  level: severity,
  rule: INPUT,
  message: clean(
    `${[object, path]
      .filter(Boolean)
      .map(part => `${part}: `)
      .join('')}${message}.${also ? ` ${alsoSentence(also)}` : ''}`,
    1000,
  ),
  fix: clean(fix ?? '', 400),
  position,
  object: clean(object ?? ''),
  what: JSON.stringify([position.file, path, message]),
});
