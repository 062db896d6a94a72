import { MINIMUM_ISOLATION_LABEL } from '../pod/labels.ts';
import { ISOLATIONS, rank } from '../profiles/isolation.ts';
import type { Cel } from '../signals/cel.ts';
import { text, texts } from '../signals/guards.ts';
import { lookUp } from './cel.ts';
import { GUARDED } from './findings.ts';
import type { Variable } from './object.ts';
import { IS_UPDATE, NAMESPACE_LABELS } from './request.ts';

const LOWER = GUARDED.filter(({ category }) => category === 'exposure').map(({ id }) => id);
const WEIGHTS = GUARDED.map(({ id, weight }) => [id, String(weight)] as const);

/** The sums and floors over `found`, `before` and `added`, in this order. */
export const STATES = '[variables.found, variables.before, variables.added]';
const SUMS: Cel = `${STATES}.map(ids, ids.map(id, ${lookUp(WEIGHTS, 'id', '0')}).sum())`;
/** These floors hold whatever the weights are: an exposure needs an application kernel, a breakout a VM. */
const FLOORS: Cel = `${STATES}.map(ids, size(ids) == 0 ? ${rank('host-kernel')} : ids.all(id, id in ${texts(LOWER)}) ? ${rank('app-kernel')} : ${rank('vm')})`;

export const NAMESPACE_FLOOR: Cel = `${text(MINIMUM_ISOLATION_LABEL)} in ${NAMESPACE_LABELS} ? ${lookUp(
  ISOLATIONS.map(one => [one, String(rank(one))] as const),
  `namespaceObject.metadata.labels[${text(MINIMUM_ISOLATION_LABEL)}]`,
  // Fails closed: a value that is not one of the four counts as the strongest.
  String(rank('confidential-vm')),
)} : 0`;

/**
 * The rank that a score reaches under the row `p`.
 * @param more the weight besides the signals of that state
 */
const reached = (state: 0 | 1 | 2, more: Cel): Cel =>
  `size([p[2], p[3], p[4]].filter(t, variables.sums[${state}] + p[${6 + state}] + ${more} >= t))`;

const WHOLE: Cel = `[variables.floors[0], variables.namespaceFloor, p[1], ${reached(0, 'p[0]')}].max()`;
/** The rank that the content requires, without labels and standing floors. */
const content = (state: 1 | 2, more: Cel): Cel =>
  `[variables.floors[${state}], ${reached(state, more)}].max()`;
// Which rules matched the stored Pod is not known, so all are assumed to: otherwise the guard could be stricter than the
// engine.
const BEFORE: Cel = content(1, 'p[5]');
const ADDED: Cel = content(2, '0');

/** `required`: the rank that the request needs. */
export const REQUIRED: readonly Variable[] = [
  { name: 'sums', expression: SUMS },
  { name: 'floors', expression: FLOORS },
  { name: 'namespaceFloor', expression: NAMESPACE_FLOOR },
  {
    name: 'assessed',
    expression: `variables.policies.map(p, [${WHOLE}, ${IS_UPDATE} ? ${BEFORE} : 0, ${IS_UPDATE} ? ${ADDED} : 0])`,
  },
  {
    // For an update: the rank that its additions need, or that of the whole where it is above what the stored Pod's content
    // needed.
    name: 'required',
    expression: `!(${IS_UPDATE}) ? variables.assessed.map(r, r[0]).max() : size(variables.added) == 0 ? 0 : variables.assessed.map(r, r[0] > r[1] && r[0] > r[2] ? r[0] : r[2]).max()`,
  },
];
