import type { V1Pod } from '@kubernetes/client-node';
import fc from 'fast-check';
import { readCluster } from '../../../src/cluster/static.ts';
import type { ClusterView } from '../../../src/cluster/view.ts';
import type { Pod } from '../../../src/pod/kube.ts';
import type { NamespaceFacts } from '../../../src/pod/namespace.ts';
import type { Snapshot } from '../../../src/policy/policy.ts';
import { CLASSES, withClusterRules, world } from '../../arbitraries/worlds.ts';
import { documentOf } from '../../support/documents.ts';
import { snapshotOf } from '../../support/snapshot.ts';
import { applyAll, guardItems, inForce, remove, wholeGuard } from './guarding.ts';
import { E2E_LABEL } from './settings.ts';

export const NOW = Date.parse('2026-11-24T00:00:00Z');
const PREFIX = 'cofferdam-e2e-round';

/** A class under a name that nothing else has. */
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
  readonly withClusterRules: Snapshot;
  readonly view: ClusterView;
}

/** The value is renamed in its text, since names occur in many places. */
const renamed = <T>(value: T, name: string): T =>
  JSON.parse(
    JSON.stringify(value)
      .replaceAll('"shop"', JSON.stringify(name))
      .replaceAll(/"runtimeClass":"/g, `"runtimeClass":"${PREFIX}-`),
  );

export function makeRounds(count: number, seed: number): readonly Round[] {
  return fc
    .sample(world, { numRuns: count, seed })
    .map(({ policies, exemptions, labels, classes, balanced }, i) => {
      const name = `${PREFIX}-${seed}-${i}`;
      const objects = renamed<object[]>([...policies, ...exemptions], name);
      return {
        name,
        namespace: { name, labels: { ...labels, 'kubernetes.io/metadata.name': name, [E2E_LABEL]: 'true' } },
        snapshot: snapshotOf(objects, { balanced }),
        withClusterRules: snapshotOf(objects.map(withClusterRules), { balanced }),
        view: readCluster(classes.map(one => documentOf(classObject(one)))).view,
      };
    });
}

/** Creates classes, namespaces and guards, and waits until all are in force. */
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
      guardItems(wholeGuard(snapshot, view.runtimeClasses(), NOW), name, name),
    ),
  );
  await Promise.all(rounds.map(({ name }) => inForce(name)));
}

/** Removes what `startRounds` created. Its classes are sandboxes, too, and a later test would use one of them. */
export async function endRounds(rounds: readonly Round[]): Promise<void> {
  const names = rounds.map(({ name }) => name);
  await remove('validatingadmissionpolicybinding', ...names);
  await remove('validatingadmissionpolicy', ...names);
  await remove('namespace', ...names);
  await remove('runtimeclass', ...Object.keys(CLASSES).map(name => `${PREFIX}-${name}`));
}

/** The Pod in the round's namespace, with its class under the name used here. */
export function podIn(round: Round, pod: Pod, name: string): V1Pod {
  const { runtimeClassName, ...spec } = pod.spec ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...pod.metadata, name, namespace: round.name },
    spec: { ...spec, ...(runtimeClassName && { runtimeClassName: `${PREFIX}-${runtimeClassName}` }) },
  } as unknown as V1Pod;
}
