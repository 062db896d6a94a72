import type { Contribution, Decision } from '../../decision/decision.ts';
import type { Degradation } from '../../decision/degraded.ts';
import { reaches } from '../../pod/mode.ts';
import { clean, count, quote, sentence, someOf } from '../../source/text.ts';
import type { Reviewed } from '../result.ts';
import { ADD_NODE, fixFor } from './fix.ts';
import { titleWith } from './objection.ts';
import { outcomeSentence, type Tense } from './outcome.ts';
import { ruleSentences } from './rules.ts';
import { contributionNotes, untoldContributions, waitingNote } from './sentences.ts';
import { saidOf } from './service-words.ts';
import { withoutPlace } from './terms.ts';

/** A remark that is not the reason for a verdict. */
export interface Note {
  /** A phrase, without a full stop. */
  readonly phrase: string;
  /** A sentence; empty where there is nothing to do. */
  readonly fix: string;
}

const noteOf = (phrase: string, fix = ''): Note => ({ phrase, fix });

/**
 * All notes on one object, whatever its verdict.
 * @param told what the reader knows already
 */
export const notesOf = (result: Reviewed, told = ''): readonly Note[] => [
  ...resultNotes(result),
  ...ruleSentences(result.decision).map(text => noteOf(text)),
  ...placementNotes(result),
  ...untoldContributions(result.decision, told).map(one => contributionNote(one, result.decision)),
];

/** A note and what to do, in one or two sentences. */
export const noteText = ({ phrase, fix }: Note): string =>
  fix ? `${sentence(phrase)} ${fix}` : sentence(phrase);

/** A note where nobody asks; a table has it once for all objects. */
export const scopeNotes = ({ outOfScope, namespace }: Reviewed): string[] =>
  outOfScope ? [`out of scope: the API server does not ask about Pods of namespace ${clean(namespace)}`] : [];

/** What the answer rests on, and where it would be different. */
export const resultNotes = (result: Reviewed): readonly Note[] => [
  ...subjectNotes(result),
  ...sidecarNotes(result),
  ...nodeNotes(result),
  ...nodelessNotes(result),
];

const nodelessNotes = ({ nodeless }: Reviewed): Note[] => (nodeless ? [noteOf(NODELESS, LOOSEN)] : []);
const NODELESS = 'it will wait: no ready node can take it now';
const LOOSEN = 'Add a ready node that it may go to, or loosen its nodeSelector, affinity or tolerations.';

/** What a verdict on a part of a Pod is worth, and what no verdict is about. */
const subjectNotes = ({ isFragment, isNext, beside = [] }: Reviewed): Note[] => [
  ...(isNext ? [noteOf('judged by its template, which was changed after its Pods were made')] : []),
  ...(isFragment
    ? [noteOf('judged from a part of a Pod, so at least: what its controller adds is not known')]
    : []),
  ...beside.map(phrase => noteOf(phrase, LESS_RIGHTS)),
];

const LESS_RIGHTS = 'Give it less, or set automountServiceAccountToken to false if it needs no token.';

/** The tense: in the milder modes no class is set. */
export const tenseOf = ({ mode }: Reviewed): Tense => (reaches(mode, 'inject') ? 'is' : 'would be');

function sidecarNotes(result: Reviewed): Note[] {
  if (!result.injected) return [];
  const { mesh, decision } = result.injected;
  return [
    noteOf(
      `${mesh} injects a sidecar, and with its init container the answer is ${answer(decision, tenseOf(result))}`,
    ),
  ];
}

const answer = (decision: Decision, tense: Tense): string =>
  `${decision.verdict}: ${outcomeSentence(decision, withoutPlace, tense)}`;

/** Notes on a DaemonSet, whose Pods go to nodes whatever these can run. One that is rejected goes nowhere. */
function nodeNotes(result: Reviewed): Note[] {
  const { nodes, decision } = result;
  if (!nodes || decision.verdict === 'reject') return [];
  const { goesTo, otherwise } = nodes;
  if (goesTo === 0)
    return [
      noteOf(
        'its nodeSelector, affinity or tolerations rule out every ready node',
        'Correct them, or label the nodes that it is for.',
      ),
    ];
  return [
    ...otherwise.map(({ runtimeClass, nodes: names }) =>
      noteOf(
        toldOfNodes(goesTo, `${names.length === 1 ? 'runs' : 'run'} them in ${quote(runtimeClass)}`, names),
        'Set runtimeClassName in its template, so that all of its Pods have the same class.',
      ),
    ),
    ...cannotRunNotes(result),
  ];
}

/** `2 of 5 nodes that its Pods go to run them in "gvisor": a and b` */
const toldOfNodes = (goesTo: number, what: string, names: readonly string[]): string =>
  `${names.length} of ${count(goesTo, 'node')} that its Pods go to ${what}: ${someOf(names.map(name => clean(name)))}`;

function cannotRunNotes({ nodes, decision }: Reviewed): Note[] {
  if (!nodes || decision.verdict === 'reject' || nodes.cannotRun.length === 0) return [];
  return [
    noteOf(
      toldOfNodes(nodes.goesTo, 'cannot run them', nodes.cannotRun),
      'Install the handler there, or keep its Pods off these nodes with a nodeSelector.',
    ),
  ];
}

/** Why Pods of it wait, and what to do; none where none does. Where all wait, nobody asks on which nodes. */
export function waitingNotes(result: Reviewed): readonly Note[] {
  const all = [...nodelessNotes(result), ...classNotes(result.decision)];
  return all.length > 0 ? all : cannotRunNotes(result);
}

/** That no node can run the class that was chosen. */
function classNotes({ verdict, placement }: Decision): Note[] {
  const chosen = verdict === 'reject' ? undefined : placement.find(step => step.chosen);
  return !chosen || chosen.available ? [] : [noteOf(waitingNote(chosen), ADD_NODE)];
}

function placementNotes({ decision, degraded }: Reviewed): Note[] {
  const chosen = decision.verdict === 'reject' ? undefined : decision.placement.find(step => step.chosen);
  if (!chosen) return [];
  // Without the reasons, there is at least the list.
  const why = degraded ?? chosen.degraded.map(signal => ({ signal, reason: 'works differently there' }));
  return [
    ...classNotes(decision),
    ...why.map(one =>
      noteOf(
        `${nameOf(one, decision)} (${clean(chosen.runtimeClass)}): ${clean(saidOf(one.reason, decision), 400)}`,
        fixFor(one.signal, decision),
      ),
    ),
  ];
}

/** `no memory limit`: for limits, those that are missing; for a resource that a profile knows, its name. */
function nameOf({ signal, resource }: Degradation, { findings }: Decision): string {
  if (signal !== 'unsetLimits') return titleWith(signal, resource);
  const missing = new Set(
    findings.filter(one => one.signal === signal).flatMap(({ value }) => String(value).split(', ')),
  );
  return missing.size === 1 ? `no ${clean([...missing].join(''))} limit` : titleWith(signal, resource);
}

/** A note on what counted although nobody meant it to. */
function contributionNote(contribution: Contribution, { governing }: Decision): Note {
  const fixes: Readonly<Record<NonNullable<Contribution['note']>, string>> = {
    'unknown-value': `Correct it to a value that policy ${quote(governing.policy)} lists.`,
    'unknown-namespace': 'Try again once the namespace is known.',
    'rule-error': `Have the rule of policy ${quote(governing.policy)} ask whether a field is there before it reads it.`,
  };
  return noteOf(
    contributionNotes(contribution).join(''),
    contribution.note === undefined ? '' : fixes[contribution.note],
  );
}

/** Why the verdict is what it is, in the tense of its mode: a sentence, without places. */
export const whySentence = (result: Reviewed): string =>
  sentence(outcomeSentence(result.decision, withoutPlace, tenseOf(result)));
