import type { Snapshot } from '../policy/policy.ts';
import { type Lens, text, texts } from '../signals/guards.ts';
import type { Cel } from '../signals/signal.ts';
import { keysOf } from './cel.ts';
import { GUARDED } from './findings.ts';
import type { Variable } from './object.ts';

/*
Ways past `pods`: a write of pods/status, and a Binding, set labels and annotations of a Pod, too. What weakens a sandbox,
what is this project's own and what a policy or an exemption reads is not to come that way; everything else passes: CNIs
annotate Pods through their status.
*/

/** Labels that the API server itself adds to Bindings (KEP-4742). */
const TOPOLOGY = 'topology.kubernetes.io/';
const OWN = 'cofferdam.dev/';

/** Nothing but these annotations. */
const lensOn = (annotations: Cel): Lens => ({
  pod: 'object',
  containers: '[]',
  annotations,
  podLevel: false,
});

/** Guards that read annotations. */
const READING = GUARDED.filter(
  ({ guardAt }) => guardAt(lensOn('variables.one')) !== guardAt(lensOn('variables.other')),
);

/** `slips`: the keys that such a write sets and must not, with the variables that it is made of. */
export function slipsCel({ policies, fallback, exemptions }: Snapshot): readonly Variable[] {
  const keys = [
    ...[...policies, fallback].flatMap(({ labels, selectors }) => [
      ...labels.map(({ key }) => key),
      ...keysOf(selectors.pod),
    ]),
    ...exemptions.flatMap(({ scope }) => keysOf(scope.podSelector)),
  ];
  const read = [...new Set(keys)].filter(key => !key.startsWith(OWN) && !key.startsWith(TOPOLOGY)).sort();
  const weakens = READING.map(({ guardAt }) => guardAt(lensOn('[s]')))
    .map(guard => `(${guard})`)
    .join(' || ');
  return [
    { name: 'annotationsSet', expression: setCel('annotations') },
    { name: 'labelsSet', expression: setCel('labels') },
    {
      name: 'slips',
      expression: [
        `variables.annotationsSet.filter(s, s.startsWith(${text(OWN)}) || ${weakens})`,
        `variables.labelsSet.filter(s, s.startsWith(${text(OWN)}) || s in ${read.length > 0 ? texts(read) : "['']"})`,
      ].join(' + '),
    },
  ];
}

/** Keys that the request adds or changes. A Binding has no stored Pod, so all of its own are added. */
const setCel = (field: 'labels' | 'annotations'): Cel => {
  const before = `(variables.update ? oldObject.metadata.?${field}.orValue({}) : {})`;
  return `object.metadata.?${field}.orValue({}).filter(a, !(a in ${before}) || ${before}[a] != object.metadata.${field}[a])`;
};
