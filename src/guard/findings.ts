import type { Cel } from '../signals/cel.ts';
import { type Lens, type Made, texts, WHOLE_POD } from '../signals/guards.ts';
import { SIGNALS } from '../signals/index.ts';
import { madeOnce } from '../signals/made.ts';
import type { Signal, SignalId } from '../signals/signal.ts';
import { idsOf } from './cel.ts';
import type { Exemptions } from './exemptions.ts';
import type { Variable } from './object.ts';
import { IS_UPDATE } from './request.ts';

export type GuardedSignal = Extract<Signal, { guardAt: unknown }>;

/** Signals that the guard looks for: exposures and breakouts. */
export const GUARDED: readonly GuardedSignal[] = SIGNALS.filter(signal => 'guardAt' in signal);

/** The stored Pod of an update. */
const BEFORE: Lens = {
  pod: 'oldObject',
  containers: 'variables.containersBefore',
  made: madeAs('Before'),
  podLevel: true,
};

/** What an update adds: ephemeral containers and annotations. The API server lets an update change nothing else that is judged. */
const ADDED: Lens = {
  pod: 'object',
  containers: 'variables.containersAdded',
  made: { ...madeAs('Added'), hostPaths: '[]' },
  podLevel: false,
};

/** The results of `madeOnce`, as variables whose names end with this. */
function madeAs(suffix: string): Made {
  const named = (name: string): Cel => `variables.${name}${suffix}`;
  return {
    secured: named('secured'),
    suspects: named('suspects'),
    families: named('families'),
    capabilities: named('capabilities'),
    hostPaths: named('hostPaths'),
  };
}

const madeFor = (suffix: string, { pod, containers, made }: Lens): readonly Variable[] =>
  Object.entries(madeOnce(pod, containers, made)).map(([name, expression]) => ({
    name: `${name}${suffix}`,
    expression,
  }));

/** The containers of a Pod, of all kinds. */
export const listOf = (pod: Cel): Cel =>
  ['containers', 'initContainers', 'ephemeralContainers']
    // dyn is needed, as ephemeral containers have a type of their own.
    .map(field => `dyn(${pod}.spec.?${field}.orValue([]))`)
    .join(' + ');
const ephemeralIn = (pod: Cel): Cel => `${pod}.spec.?ephemeralContainers.orValue([])`;

const PLACES: readonly Variable[] = [
  { name: 'containers', expression: listOf('object') },
  { name: 'containersBefore', expression: listOf('oldObject') },
  // Names are looked up in a list, as a loop within a loop would take the product of their steps.
  { name: 'ephemeralBefore', expression: `${ephemeralIn('oldObject')}.map(c, c.name)` },
  {
    name: 'containersAdded',
    expression: `${ephemeralIn('object')}.filter(c, !(c.name in variables.ephemeralBefore))`,
  },
  ...madeFor('', WHOLE_POD),
  ...madeFor('Before', BEFORE),
  // An update is asked only for the annotations that it adds or changes.
  ...madeFor('Added', ADDED).filter(({ name }) => name !== 'suspectsAdded'),
  {
    name: 'suspectsAdded',
    expression:
      'variables.suspects.filter(a, !(a in oldObject.metadata.?annotations.orValue({})) || oldObject.metadata.annotations[a] != object.metadata.annotations[a])',
  },
  { name: 'images', expression: "variables.containers.map(c, c.?image.orValue(''))" },
  { name: 'imagesBefore', expression: "variables.containersBefore.map(c, c.?image.orValue(''))" },
];

/**
 * Which signals are found, as lists of ids:
 * - `present`, `presentAdded`: those with a finding in the Pod, or in what an update adds
 * - `found`, `before`, `added`: those with a finding that nobody waives in the Pod, in the stored one, or in what an update adds
 *
 * A variable costs a little on every request, even if nothing reads it, so only signals that an exemption names have variables
 * of their own.
 */
export function findingsCel(exemptions: Exemptions): readonly Variable[] {
  const through = (lens: Lens, signal: GuardedSignal): Cel => {
    const waives = exemptions.waives(signal.id, lens);
    return signal.guardAt(waives ? { ...lens, waives } : lens);
  };
  const exempt = GUARDED.filter(({ id }) => exemptions.signals.has(id));
  const own = exempt.flatMap(signal => [
    { name: signal.id, expression: through(WHOLE_POD, signal) },
    { name: `${signal.id}Before`, expression: through(BEFORE, signal) },
    { name: `${signal.id}Added`, expression: addedCel(signal.id, through(ADDED, signal), exemptions) },
  ]);
  const asThrough = (lens: Lens): Cel => idsOf(GUARDED.map(signal => [signal.id, signal.guardAt(lens)]));
  const unwaived = (all: string, suffix: string): Cel => {
    if (exempt.length === 0) return `variables.${all}`;
    const ids = exempt.map(({ id }): [SignalId, Cel] => [id, `variables.${id}${suffix}`]);
    return `variables.${all}.filter(id, !(id in ${texts(exempt.map(({ id }) => id))})) + ${idsOf(ids)}`;
  };
  return [
    ...PLACES,
    ...own,
    { name: 'present', expression: asThrough(WHOLE_POD) },
    { name: 'presentBefore', expression: asThrough(BEFORE) },
    { name: 'presentAdded', expression: `${IS_UPDATE} ? ${asThrough(ADDED)} : []` },
    { name: 'found', expression: unwaived('present', '') },
    { name: 'before', expression: `${IS_UPDATE} ? ${unwaived('presentBefore', 'Before')} : []` },
    { name: 'added', expression: `${IS_UPDATE} ? ${unwaived('presentAdded', 'Added')} : []` },
  ];
}

/** What an update adds. A finding may also arise because an image no longer matches an exemption. */
function addedCel(id: SignalId, added: Cel, exemptions: Exemptions): Cel {
  if (!exemptions.byImage.has(id)) return added;
  const lapsed = `variables.${id} && !variables.${id}Before`;
  return added === 'false' ? lapsed : `(${added}) || ${lapsed}`;
}
