import { type CompiledPolicy, isOfCluster, type Snapshot } from '../policy/policy.ts';
import { familiesCel, isSuspect } from '../signals/annotation-families.ts';
import type { Cel } from '../signals/cel.ts';
import { type Lens, text, texts } from '../signals/guards.ts';
import { joined, keysOf } from './cel.ts';
import { GUARDED } from './findings.ts';
import type { LeftOutByNamespace } from './left-out.ts';
import type { Variable } from './object.ts';
import { byNamespace, stringsIn } from './parts.ts';
import { IS_LEFT_OUT, IS_UPDATE } from './request.ts';

/*
Ways past `pods`: a write of pods/status and a Binding also set labels and annotations of a Pod. Nothing that weakens a sandbox,
belongs to this project, or is read by a policy or an exemption may come that way; everything else passes, as CNIs annotate Pods
through their status.
*/

/** Labels that the API server itself adds to Bindings (KEP-4742). */
const TOPOLOGY = 'topology.kubernetes.io/';
const OWN = 'cofferdam.dev/';

/** A lens that shows only these annotations. */
const lensOn = (suspects: Cel, families: Cel): Lens => ({
  pod: 'object',
  containers: '[]',
  made: { secured: '[]', suspects, families, capabilities: '[]', hostPaths: '[]' },
  podLevel: false,
});

/** The guards that read annotations. */
const READING = GUARDED.filter(
  ({ guardAt }) => guardAt(lensOn('one', 'one')) !== guardAt(lensOn('other', 'other')),
);

/**
 * `slips`: the keys that such a write sets and must not set, with the variables that it is made of. Labels that a namespace's
 * own policies read are locked only there: otherwise, whoever writes such a policy could keep the whole cluster from using a
 * label.
 */
export function slipsCel(snapshot: Snapshot, leftOut: LeftOutByNamespace): readonly Variable[] {
  const weakens = READING.map(({ guardAt }) => guardAt(lensOn('[s]', 'f')))
    .map(guard => `(${guard})`)
    .join(' || ');
  const weakening = `${isSuspect('s')} && [${familiesCel('[s]')}].exists(f, ${weakens})`;
  const locked = [
    `s.startsWith(${text(OWN)})`,
    's in variables.keysRead',
    's in variables.keysReadHere',
    // Fails closed: what the policies of such a namespace read is not known here.
    ...(leftOut.size === 0 ? [] : [`!s.startsWith(${text(TOPOLOGY)}) && ${IS_LEFT_OUT}`]),
  ];
  return [
    { name: 'annotationsSet', expression: setCel('annotations') },
    { name: 'labelsSet', expression: setCel('labels') },
    ...keysRead(snapshot, leftOut),
    {
      name: 'slips',
      expression: [
        `variables.annotationsSet.filter(s, s.startsWith(${text(OWN)}) || ${weakening})`,
        `variables.labelsSet.filter(s, ${locked.join(' || ')})`,
      ].join(' + '),
    },
  ];
}

/**
 * `keysRead`: keys of labels that are read in every namespace; `keysReadHere`: those that the namespace's own policies also
 * read.
 */
function keysRead(
  { policies, fallback, exemptions }: Snapshot,
  leftOut: LeftOutByNamespace,
): readonly Variable[] {
  const keysOfPolicy = ({ labels, selectors }: CompiledPolicy) => [
    ...labels.map(({ key }) => key),
    ...keysOf(selectors.pod),
  ];
  const everywhere = lockable([
    ...[...policies.filter(isOfCluster), fallback].flatMap(keysOfPolicy),
    ...exemptions.flatMap(({ scope }) => keysOf(scope.podSelector)),
  ]);
  const own = Map.groupBy(
    policies.filter(({ namespace }) => namespace !== undefined && !leftOut.has(namespace)),
    ({ namespace }) => namespace as string,
  );
  const known = new Set(everywhere);
  const ofNamespaces = Array.from(own, ([namespace, some]) => ({
    namespace,
    keys: lockable(some.flatMap(keysOfPolicy)).filter(key => !known.has(key)),
  })).filter(({ keys }) => keys.length > 0);
  return [
    ...stringsIn('keysRead', everywhere),
    ...byNamespace(
      ofNamespaces.map(({ namespace, keys }) => [namespace, texts(keys)]),
      { name: 'keysReadHere', join: joined, none: "['']" },
    ),
  ];
}

const lockable = (keys: readonly string[]): readonly string[] =>
  [...new Set(keys)].filter(key => !key.startsWith(OWN) && !key.startsWith(TOPOLOGY)).sort();

/** The keys that the request adds or changes. A Binding has no stored Pod, so it adds all of its keys. */
const setCel = (field: 'labels' | 'annotations'): Cel => {
  const before = `(${IS_UPDATE} ? oldObject.metadata.?${field}.orValue({}) : {})`;
  return `object.metadata.?${field}.orValue({}).filter(a, !(a in ${before}) || ${before}[a] != object.metadata.${field}[a])`;
};
