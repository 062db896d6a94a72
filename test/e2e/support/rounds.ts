import type { V1Pod } from '@kubernetes/client-node';
import fc from 'fast-check';
import { readCluster } from '../../../src/cluster/static.ts';
import type { ClusterView, NamespaceFacts } from '../../../src/cluster/view.ts';
import { guardFor } from '../../../src/guard/guard.ts';
import type { Pod } from '../../../src/pod/kube.ts';
import type { Snapshot } from '../../../src/policy/policy.ts';
import { exemptions, namespaceLabels, policies } from '../../arbitraries/guard.ts';
import { documentOf } from '../../support/documents.ts';
import { snapshotOf } from '../../support/snapshot.ts';
import { applyAll, guardItems, inForce } from './guarding.ts';
import { E2E_LABEL } from './settings.ts';

export const NOW = Date.parse('2026-11-24T00:00:00Z');
const PREFIX = 'cofferdam-e2e-round';

/** The generators' classes, under names that nobody else has; `nonsense` is none. */
const CLASSES = {
  gvisor: 'runsc',
  'kata-qemu': 'kata-qemu',
  kata: 'kata',
  runc: 'runc',
  'fake-gvisor': 'runc',
  'kata-qemu-snp': 'kata-qemu-snp',
} as const;
const classObject = ([name, handler]: readonly [string, string]) => ({
  apiVersion: 'node.k8s.io/v1',
  kind: 'RuntimeClass',
  metadata: { name: `${PREFIX}-${name}`, labels: { [E2E_LABEL]: 'true' } },
  handler,
});

/** Policies, exemptions and classes of one guard, and the namespace that it guards. */
export interface Round {
  readonly name: string;
  readonly namespace: NamespaceFacts;
  readonly snapshot: Snapshot;
  readonly withoutRules: Snapshot;
  readonly view: ClusterView;
}

const generated = fc.record({
  policies,
  exemptions,
  labels: namespaceLabels,
  classes: fc.subarray(Object.entries(CLASSES), { minLength: 3 }),
  balanced: fc.boolean(),
});

/** In text, since names stand in many places. */
const renamed = <T>(value: T, name: string): T =>
  JSON.parse(
    JSON.stringify(value)
      .replaceAll('"shop"', JSON.stringify(name))
      .replaceAll(/"runtimeClass":"/g, `"runtimeClass":"${PREFIX}-`),
  );

const withoutRules = (object: object): object => {
  const { spec } = object as { readonly spec: { readonly scoring?: object } };
  return spec.scoring ? { ...object, spec: { ...spec, scoring: { ...spec.scoring, rules: [] } } } : object;
};

export function makeRounds(count: number, seed: number): readonly Round[] {
  return fc
    .sample(generated, { numRuns: count, seed })
    .map(({ policies, exemptions, labels, classes, balanced }, i) => {
      const name = `${PREFIX}-${seed}-${i}`;
      const objects = renamed<object[]>([...policies, ...exemptions], name);
      return {
        name,
        namespace: { name, labels: { ...labels, 'kubernetes.io/metadata.name': name, [E2E_LABEL]: 'true' } },
        snapshot: snapshotOf(objects, { balanced }),
        withoutRules: snapshotOf(objects.map(withoutRules), { balanced }),
        view: readCluster(classes.map(one => documentOf(classObject(one)))).view,
      };
    });
}

/** Makes classes, namespaces and guards, and waits until all are in force. */
export async function startRounds(rounds: readonly Round[]): Promise<void> {
  await applyAll([
    ...Object.entries(CLASSES).map(classObject),
    ...rounds.map(({ namespace: { name, labels } }) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels },
    })),
  ]);
  await applyAll(
    rounds.flatMap(({ name, snapshot, view }) =>
      guardItems(guardFor(snapshot, view.runtimeClasses(), NOW), name, name),
    ),
  );
  await Promise.all(rounds.map(({ name }) => inForce(name)));
}

/** The Pod in the round's namespace, with the class under its name here. */
export function podIn(round: Round, pod: Pod, name: string): V1Pod {
  const { runtimeClassName, ...spec } = pod.spec ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...pod.metadata, name, namespace: round.name },
    spec: { ...spec, ...(runtimeClassName && { runtimeClassName: `${PREFIX}-${runtimeClassName}` }) },
  } as unknown as V1Pod;
}
