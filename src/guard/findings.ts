import { type Lens, WHOLE_POD } from '../signals/guards.ts';
import { SIGNALS } from '../signals/index.ts';
import type { Cel, Signal, SignalId } from '../signals/signal.ts';
import { idsOf } from './cel.ts';
import type { Exemptions } from './exemptions.ts';
import type { Variable } from './object.ts';

type GuardedSignal = Extract<Signal, { guardAt: unknown }>;

/** Signals that the guard looks for: exposures and breakouts. */
export const GUARDED: readonly GuardedSignal[] = SIGNALS.filter(signal => 'guardAt' in signal);

/** The stored Pod of an update. */
const BEFORE: Lens = {
  pod: 'oldObject',
  containers: 'variables.containersBefore',
  annotations: 'oldObject.metadata.?annotations.orValue({})',
  podLevel: true,
};

/** What an update adds: ephemeral containers and annotations. The API server lets nothing else of it be changed. */
const ADDED: Lens = {
  pod: 'object',
  containers: 'variables.containersAdded',
  annotations: 'variables.annotationsAdded',
  podLevel: false,
};

const listOf = (pod: Cel): Cel =>
  ['containers', 'initContainers', 'ephemeralContainers']
    // dyn, since ephemeral containers are of a type of their own.
    .map(field => `dyn(${pod}.spec.?${field}.orValue([]))`)
    .join(' + ');

const PLACES: readonly Variable[] = [
  { name: 'containers', expression: listOf('object') },
  { name: 'containersBefore', expression: listOf('oldObject') },
  {
    name: 'containersAdded',
    expression:
      'object.spec.?ephemeralContainers.orValue([]).filter(c, !oldObject.spec.?ephemeralContainers.orValue([]).exists(o, o.name == c.name))',
  },
  {
    name: 'annotationsAdded',
    expression:
      'object.metadata.?annotations.orValue({}).filter(a, !(a in oldObject.metadata.?annotations.orValue({})) || oldObject.metadata.annotations[a] != object.metadata.annotations[a])',
  },
  { name: 'images', expression: "variables.containers.map(c, c.?image.orValue(''))" },
  { name: 'imagesBefore', expression: "variables.containersBefore.map(c, c.?image.orValue(''))" },
];

/**
 * Which signals are found, as lists of ids:
 * - `found`, `before`, `added`: with a finding that nobody waives, of the Pod, of the stored one, of what an update adds
 * - `present`, `presentAdded`: also where all are waived
 */
export function findingsCel(exemptions: Exemptions): readonly Variable[] {
  const through = (lens: Lens, signal: GuardedSignal): Cel => {
    const waives = exemptions.waives(signal.id, lens);
    return signal.guardAt(waives ? { ...lens, waives } : lens);
  };
  const each = GUARDED.flatMap(signal => {
    const { id, guard } = signal;
    return [
      { name: id, expression: through(WHOLE_POD, signal) },
      { name: `${id}Before`, expression: through(BEFORE, signal) },
      { name: `${id}Added`, expression: addedCel(id, through(ADDED, signal), exemptions) },
      ...(exemptions.signals.has(id)
        ? [
            { name: `${id}Present`, expression: guard },
            { name: `${id}PresentAdded`, expression: signal.guardAt(ADDED) },
          ]
        : []),
    ];
  }).filter(({ expression }) => expression !== 'false');
  const names = new Set(each.map(({ name }) => name));
  const listed = (suffix: string, otherwise?: string): Cel =>
    idsOf(
      GUARDED.flatMap(({ id }): [SignalId, Cel][] => {
        const name = [`${id}${suffix}`, `${id}${otherwise}`].find(one => names.has(one));
        return name === undefined ? [] : [[id, `variables.${name}`]];
      }),
    );
  return [
    ...PLACES,
    ...each,
    { name: 'found', expression: listed('') },
    { name: 'present', expression: listed('Present', '') },
    { name: 'before', expression: `variables.update ? ${listed('Before')} : []` },
    { name: 'added', expression: `variables.update ? ${listed('Added')} : []` },
    { name: 'presentAdded', expression: `variables.update ? ${listed('PresentAdded', 'Added')} : []` },
  ];
}

/** A finding may also come up because an image left an exemption. */
function addedCel(id: SignalId, added: Cel, exemptions: Exemptions): Cel {
  if (!exemptions.byImage.has(id)) return added;
  const lapsed = `variables.${id} && !variables.${id}Before`;
  return added === 'false' ? lapsed : `(${added}) || ${lapsed}`;
}
