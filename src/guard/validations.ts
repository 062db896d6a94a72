import { ISOLATIONS } from '../profiles/isolation.ts';
import { texts } from '../signals/guards.ts';
import type { Cel } from '../signals/signal.ts';
import type { Validation } from './object.ts';

/** Not for `judged`, or nothing is added: told first, since it is cheap. */
const SETTLED =
  '!variables.judged || (variables.update && size(variables.presentAdded) == 0 && size(variables.added) == 0)';
const RANK_NAMES: Cel = texts(ISOLATIONS);
const WHY =
  "(size(variables.bearing) > 0 ? variables.bearing.join(', ') : 'its labels, its namespace or a policy')";
const WHERE = "(variables.class == '' ? 'without a RuntimeClass' : 'in RuntimeClass ' + variables.class)";
// Without a class, the webhook did not get to inject one: with the guard on, the API server goes on without an answer.
const FIX = [
  "(variables.update ? 'Leave it out, or make the Pod anew in a class that contains it.'",
  ": size(variables.fitting) > 0 ? (variables.class == '' ? 'Try again, as the webhook that would set one did not answer, or set'",
  ": 'Set') + ' spec.runtimeClassName to ' + variables.fitting.join(' or ') + '.'",
  ": 'No RuntimeClass contains it: remove it, or ask for a SandboxExemption.')",
].join(' ');

/** What is denied. A message is one line: the API server drops one with a line break. */
export const VALIDATIONS: readonly Validation[] = [
  {
    expression: `${SETTLED} || variables.isolation >= variables.required`,
    message: 'The Pod needs more isolation than it has; "cofferdam explain" says why.',
    messageExpression: `${SETTLED} ? '' : 'the Pod needs isolation ' + ${RANK_NAMES}[variables.required] + ' because of ' + ${WHY} + ', and has ' + ${RANK_NAMES}[variables.isolation] + ' ' + ${WHERE} + '. ' + ${FIX}`,
    reason: 'Forbidden',
  },
  {
    expression: `${SETTLED} || size(variables.objections) == 0`,
    message: 'The RuntimeClass does not contain what the Pod asks for; "cofferdam explain" says what.',
    messageExpression: `${SETTLED} ? '' : 'RuntimeClass ' + variables.class + ' does not contain ' + variables.objections.join(', ') + '. ' + ${FIX}`,
    reason: 'Forbidden',
  },
  {
    expression: 'variables.judged || size(variables.slips) == 0',
    message: 'This label or annotation cannot be set through a status or a binding.',
    messageExpression:
      "variables.judged ? '' : 'not to be set through a status or a binding: ' + variables.slips.join(', ') + '. Set it on the Pod itself, where it is judged.'",
    reason: 'Forbidden',
  },
];
