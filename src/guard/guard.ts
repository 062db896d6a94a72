import type { RuntimeClassFacts } from '../cluster/view.ts';
import { MIRROR_ANNOTATION } from '../pod/annotations.ts';
import type { Snapshot } from '../policy/policy.ts';
import { text } from '../signals/guards.ts';
import { classesCel } from './classes.ts';
import { exemptionsCel } from './exemptions.ts';
import { findingsCel } from './findings.ts';
import { GUARD, SNAPSHOT_ANNOTATION } from './names.ts';
import { type AdmissionPolicy, matching, rule, type Variable } from './object.ts';
import { policiesCel } from './policies.ts';
import { slipsCel } from './slips.ts';
import { VALIDATIONS } from './validations.ts';

/*
The guard: the decision in CEL, which the API server evaluates in its own process, also with every replica dead. It looks
at the Pod as it will be stored, so it neither needs nor trusts the webhook. Never stricter than the engine; looser where
docs/guard.md says so. `decide` in src/decision is what it must say, and a test holds the two together.
*/

const MATCHED = [
  rule('', ['CREATE', 'UPDATE'], ['pods']),
  rule('', ['UPDATE'], ['pods/ephemeralcontainers', 'pods/resize', 'pods/status']),
  rule('', ['CREATE'], ['pods/binding']),
  // Every version there is: named, the API server would check the types of all of this against a Binding, too.
  rule('', ['CREATE'], ['bindings'], '*'),
];

/** Requests that are never refused; see `alwaysPasses` of the decision. */
const CONDITIONS: readonly Variable[] = [
  {
    // The stored object's word: a finalizer must be removable whatever policy came later.
    name: 'is-not-being-deleted',
    expression: "request.operation != 'UPDATE' || !oldObject.metadata.?deletionTimestamp.hasValue()",
  },
  {
    // Anyone may set the annotation (kubernetes#53467); only a kubelet has a static Pod to mirror.
    name: 'is-no-mirror-pod',
    expression: `!('system:nodes' in request.userInfo.?groups.orValue([]) && ${text(MIRROR_ANNOTATION)} in object.metadata.?annotations.orValue({}))`,
  },
];

const GROUND: readonly Variable[] = [
  { name: 'update', expression: "request.operation == 'UPDATE'" },
  {
    name: 'judged',
    expression:
      "request.resource.resource == 'pods' && !(request.?subResource.orValue('') in ['status', 'binding'])",
  },
  // A label that an update changes is drift, so the stored ones count. dyn, so that both fit into one list.
  { name: 'labels', expression: 'dyn((variables.update ? oldObject : object).metadata.?labels.orValue({}))' },
  { name: 'namespaceLabels', expression: 'dyn(namespaceObject.metadata.?labels.orValue({}))' },
];

/** Goes into no audit log. The API server takes a policy without validations only with one of these. */
const NOTHING = [{ key: 'nothing', valueExpression: "''" }];

type Seed = Omit<AdmissionPolicy, 'spec'> & {
  readonly spec: Pick<AdmissionPolicy['spec'], 'failurePolicy' | 'matchConstraints' | 'auditAnnotations'>;
};

/**
 * What an installer makes: a guard that has nothing to say until the leader writes it, seconds after it started. All of it
 * is in every guard. So whatever applies it again (an upgrade, a rollback, a GitOps controller) leaves alone what the
 * leader wrote, where a guard of the built-in policies would, for a while, refuse classes and exemptions that it does not
 * know.
 */
export const guardSeed = (): Seed => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name: GUARD },
  spec: { failurePolicy: 'Fail', matchConstraints: matching(MATCHED), auditAnnotations: NOTHING },
});

/** What an object in etcd may hold is 1.5 MiB, and the API server adds the history of its fields. */
export const MAX_BYTES = 1_000_000;
/** cel-go parses no longer expression (`expressionSizeCodePointLimit`). */
const MAX_EXPRESSION = 100_000;

/** A guard that the API server would not take, or not evaluate. It is never cut: what was in force stays. */
export class GuardTooLarge extends Error {
  override readonly name = 'GuardTooLarge';
}

/**
 * The ValidatingAdmissionPolicy that says what the engine says. Pure.
 * @param classes the RuntimeClasses of the cluster
 * @param now milliseconds since the epoch: exemptions that have expired by then are left out
 * @throws GuardTooLarge where there are too many policies and exemptions for one object
 */
export function guardFor(
  snapshot: Snapshot,
  classes: readonly RuntimeClassFacts[],
  now: number,
): AdmissionPolicy {
  const exemptions = exemptionsCel(snapshot.exemptions, now);
  const variables = [
    ...GROUND,
    ...exemptions.variables,
    ...findingsCel(exemptions),
    ...policiesCel(snapshot),
    ...classesCel(classes, snapshot.profiles),
    ...slipsCel(snapshot),
  ];
  const policy: AdmissionPolicy = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: GUARD, annotations: { [SNAPSHOT_ANNOTATION]: snapshot.version } },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: matching(MATCHED),
      matchConditions: CONDITIONS,
      variables: inOrder(variables),
      validations: VALIDATIONS,
      auditAnnotations: NOTHING,
    },
  };
  refuseTooLarge(policy, variables);
  return policy;
}

function refuseTooLarge(policy: AdmissionPolicy, variables: readonly Variable[]): void {
  const bytes = Buffer.byteLength(JSON.stringify(policy));
  const longest = variables.reduce((a, b) => (b.expression.length > a.expression.length ? b : a));
  if (bytes > MAX_BYTES)
    throw new GuardTooLarge(`the guard would be ${bytes} bytes, of ${MAX_BYTES} at most`);
  if (longest.expression.length > MAX_EXPRESSION) {
    throw new GuardTooLarge(
      `${longest.name} would be ${longest.expression.length} characters, of ${MAX_EXPRESSION} at most`,
    );
  }
}

/** The API server knows a variable only in those after it. */
function inOrder(variables: readonly Variable[]): readonly Variable[] {
  const byName = new Map(variables.map(one => [one.name, one]));
  const ordered = new Map<string, Variable>();
  const add = (one: Variable): void => {
    if (ordered.has(one.name)) return;
    for (const [, name] of one.expression.matchAll(/variables[.](\w+)/g)) {
      const needed = byName.get(name ?? '');
      if (needed) add(needed);
    }
    ordered.set(one.name, one);
  };
  variables.forEach(add);
  return [...ordered.values()];
}
