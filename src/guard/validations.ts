import { ISOLATIONS } from '../profiles/isolation.ts';
import type { Cel } from '../signals/cel.ts';
import { texts } from '../signals/guards.ts';
import { BOUNDED } from './bounds.ts';
import type { Validation } from './object.ts';
import { IS_JUDGED, IS_UPDATE } from './request.ts';

const RANK_NAMES: Cel = texts(ISOLATIONS);
const WHY =
  "(size(variables.bearing) > 0 ? variables.bearing.join(', ') : 'its labels, its namespace or a policy')";
const WHERE = "(variables.class == '' ? 'without a RuntimeClass' : 'in RuntimeClass ' + variables.class)";
// kubectl's own default gives the container SYS_PTRACE (ProfileGeneral in pkg/cmd/debug/profiles.go).
const IS_DEBUG = "request.?subResource.orValue('') == 'ephemeralcontainers'";
// A Pod has no class where the webhook could not inject one: with the guard on, the API server goes on without an answer.
const FIX = [
  `(${IS_UPDATE} ? 'Leave it out' + (${IS_DEBUG} ? ', as kubectl debug --profile=baseline does' : '') + ', or make the Pod anew in a class that contains it.'`,
  ": size(variables.fitting) > 0 ? (variables.class == '' ? 'Try again, as the webhook that would set one did not answer, or set'",
  ": 'Set') + ' spec.runtimeClassName to ' + variables.fitting.join(' or ') + '.'",
  ": 'No RuntimeClass contains it: remove it, or ask for a SandboxExemption.')",
].join(' ');

const CONTAINED = 'variables.passes || size(variables.objections) == 0';
const NO_SLIP = `!variables.bounded || ${IS_JUDGED} || size(variables.slips) == 0`;

/** @param passes true where nothing is denied; it is evaluated first */
const isolated = (passes: Cel, noMessage: Cel): Validation => {
  const holds = `${passes}variables.isolation >= variables.required`;
  return {
    expression: holds,
    message: 'The Pod needs more isolation than it has; "cofferdam explain" says why.',
    messageExpression: `${noMessage}${holds} ? '' : 'the Pod needs isolation ' + ${RANK_NAMES}[variables.required] + ' because of ' + ${WHY} + ', and has ' + ${RANK_NAMES}[variables.isolation] + ' ' + ${WHERE} + '. ' + ${FIX}`,
    reason: 'Forbidden',
  };
};

/** What the guard of labels validates. */
export const ISOLATED_BY_LABELS: Validation = isolated('', '');

/** What is wrong where an exemption covers the findings, but the sandbox does not provide the paths. */
const NOT_SERVED =
  "(size(variables.notServed) > 0 ? ' (or does not show the paths of the host that are asked for: ' + variables.notServed.join(', ') + ')' : '') + ";

/**
 * What is denied. The API server evaluates every message, also of what it allows: each begins with its own condition. A
 * message is one line: the API server drops one with a line break.
 *
 * @param notServed whether a variable `notServed` is there
 */
export const validations = ({ notServed }: { readonly notServed: boolean }): readonly Validation[] => [
  // This one comes first, and the others depend on it: a request that is out of bounds is not looked at.
  BOUNDED,
  isolated('variables.passes || ', 'variables.bulky || '),
  {
    expression: CONTAINED,
    message: 'The RuntimeClass does not contain what the Pod asks for; "cofferdam explain" says what.',
    messageExpression: `variables.bulky || ${CONTAINED} ? '' : 'RuntimeClass ' + variables.class + ' does not contain ' + variables.objections.join(', ') + ${notServed ? NOT_SERVED : ''}'. ' + ${FIX}`,
    reason: 'Forbidden',
  },
  {
    expression: NO_SLIP,
    message: 'This label or annotation cannot be set through a status or a binding.',
    messageExpression: `variables.bulky || ${NO_SLIP} ? '' : 'not to be set through a status or a binding: ' + variables.slips.join(', ') + '. Set it on the Pod itself, where it is judged.'`,
    reason: 'Forbidden',
  },
];
