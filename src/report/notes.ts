import type { Decision } from '../decision/decision.ts';
import { outcomeSentence, type Tense } from './outcome.ts';
import { type Reviewed, subjectNotes, tenseOf } from './result.ts';
import { clean, count } from './text.ts';
import { someOf, withoutPlace } from './words.ts';

/** What the answer rests on, and where it will be another one. Phrases without a full stop. */
export const resultNotes = (result: Reviewed): string[] => [
  ...subjectNotes(result),
  ...sidecarNotes(result),
  ...nodeNotes(result),
];

/** Where nobody asks. A table says it once for all. */
export const scopeNotes = ({ outOfScope, namespace }: Reviewed): string[] =>
  outOfScope ? [`out of scope: the API server does not ask about Pods of namespace ${clean(namespace)}`] : [];

function sidecarNotes(result: Reviewed): string[] {
  if (!result.injected) return [];
  const { mesh, decision } = result.injected;
  return [
    `${mesh} injects a sidecar, and with its init container the answer is ${answer(decision, tenseOf(result))}`,
  ];
}

const answer = (decision: Decision, tense: Tense): string =>
  `${decision.verdict}: ${outcomeSentence(decision, withoutPlace, tense)}`;

/** Of a DaemonSet, whose Pods go to nodes whatever these can run. One that is rejected goes nowhere. */
function nodeNotes({ nodes, decision }: Reviewed): string[] {
  if (!nodes || decision.verdict === 'reject') return [];
  const { goesTo, cannotRun } = nodes;
  if (goesTo === 0) return ['no ready node is one that it goes to'];
  if (cannotRun.length === 0) return [];
  const names = someOf(cannotRun.map(name => clean(name)));
  return [`${cannotRun.length} of ${count(goesTo, 'node')} that it goes to cannot run it: ${names}`];
}
