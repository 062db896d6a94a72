import type { RuntimeClassFacts } from '../cluster/view.ts';
import { type CompiledPolicy, isOfCluster, type Snapshot } from '../policy/policy.ts';
import { boundsCel } from './bounds.ts';
import { classesCel } from './classes.ts';
import { fitCluster, type WrittenPolicies } from './cluster-share.ts';
import { CONDITIONS } from './conditions.ts';
import { exemptionsCel } from './exemptions.ts';
import { findingsCel } from './findings.ts';
import { frontCel } from './front.ts';
import { labelScorings } from './labels.ts';
import { type ClusterLeftOut, type LeftOutByNamespace, leftOutCel } from './left-out.ts';
import {
  EARLIER_ANNOTATION,
  GUARD,
  GUARD_OF_LABELS,
  REFUSED_ANNOTATION,
  REFUSED_EXEMPTIONS_ANNOTATION,
  SNAPSHOT_ANNOTATION,
} from './names.ts';
import { nothingFound } from './nothing-found.ts';
import { type AdmissionPolicy, matching, type Rule, rule, type Validation, type Variable } from './object.ts';
import { policiesCel } from './policies.ts';
import { GROUND, IS_JUDGED, IS_UPDATE } from './request.ts';
import { REQUIRED } from './required.ts';
import { isRule, type RuleOfWebhook, rulesCel, type SortedRules, sortRules, walkedBy } from './rules.ts';
import { leaveOut } from './share.ts';
import { slipsCel } from './slips.ts';
import { type ClusterGround, clusterParts, GuardTooLarge, refuseLongVariable } from './too-large.ts';
import { ISOLATED_BY_LABELS, validations } from './validations.ts';

/*
The guard: the decision in CEL, which the API server evaluates in its own process, even with every replica dead. It sees the Pod
as it will be stored, so it neither needs nor trusts the webhook. It is never stricter than the engine, and looser only where
docs/guard.md says so. It must say what `decide` in src/decision says; a test holds the two together.
*/

const MATCHED = [
  rule('', ['CREATE', 'UPDATE'], ['pods']),
  rule('', ['UPDATE'], ['pods/ephemeralcontainers', 'pods/resize', 'pods/status']),
  rule('', ['CREATE'], ['pods/binding']),
  // All versions match. If one were named, the API server would check the types of all of this against a Binding, too.
  rule('', ['CREATE'], ['bindings'], '*'),
];

/** The first question about each request: for most it is true, and then nothing else is evaluated. */
const PASSES: Variable = {
  name: 'passes',
  expression: [
    `!variables.bounded || !(${IS_JUDGED}) || (${IS_UPDATE}`,
    '? size(variables.presentAdded) == 0 && size(variables.added) == 0',
    ': variables.isolation >= variables.least && variables.nothingFound)',
  ].join(' '),
};
const NOTHING_FOUND: Variable = { name: 'nothingFound', expression: nothingFound('variables.containers') };

/** The guard of labels looks at no findings, and so at no exemptions either. */
const NO_SIGNALS: ReadonlySet<string> = new Set();

/**
 * Labels, and policies without findings, can require something only of these. In what the guard of labels judges, nothing is
 * found.
 */
const MATCHED_BY_LABELS = [rule('', ['CREATE'], ['pods'])];
/** These lists hold strings, like those that they replace: `[]` has no type of its own. */
const WITHOUT_FINDINGS: readonly Variable[] = [
  ...['present', 'found', 'added'].map(name => ({ name, expression: "['none'].filter(id, false)" })),
  { name: 'required', expression: 'variables.least' },
];

/**
 * A placeholder that goes into no audit log: the API server takes a policy without validations only if it has an audit
 * annotation.
 */
export const NOTHING = [{ key: 'nothing', valueExpression: "''" }];

type Seed = Omit<AdmissionPolicy, 'spec'> & {
  readonly spec: Pick<AdmissionPolicy['spec'], 'failurePolicy' | 'matchConstraints' | 'auditAnnotations'>;
};

/**
 * What an installer creates: a guard that says nothing until the leader writes it, seconds after it has started. Every guard
 * contains all of it. So whatever applies it again (an upgrade, a rollback, a GitOps controller) leaves alone what the leader
 * wrote, while a guard of the built-in policies would for a while refuse classes and exemptions that it does not know.
 */
export const guardSeeds = (): readonly Seed[] => [
  seedOf(GUARD_OF_LABELS, MATCHED_BY_LABELS),
  seedOf(GUARD, MATCHED),
];

const seedOf = (name: string, matched: readonly Rule[]): Seed => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name },
  spec: { failurePolicy: 'Fail', matchConstraints: matching(matched), auditAnnotations: NOTHING },
});

/** The most bytes of a guard: an object in etcd may hold 1.5 MiB, and the API server adds the history of its fields. */
export const MAX_BYTES = 1_000_000;
/** The share of cluster policies and exemptions: it leaves room for the names of namespaces that then fail closed. */
const MAX_CLUSTER_BYTES = 900_000;

/** What the API server refused although it fits. */
export interface Refused {
  /** Namespaces whose own policies it refused. */
  readonly namespaces: ReadonlySet<string>;
  /** The CEL of rules of cluster policies, which stay with the webhook. */
  readonly rules: ReadonlySet<string>;
  /** Names of exemptions, and of cluster policies. */
  readonly exemptions: ReadonlySet<string>;
  readonly policies: ReadonlySet<string>;
}
export const NOTHING_REFUSED: Refused = {
  ...{ namespaces: new Set<string>(), rules: new Set<string>() },
  ...{ exemptions: new Set<string>(), policies: new Set<string>() },
};

/** Further settings of how a guard is made. */
export interface Fitting {
  /** What the API server refused. Default: nothing. */
  readonly refused?: Refused;
  /** Whether the guard of labels is in force beside it, so that a condition may stand in front. Default: false. */
  readonly besideLabels?: boolean;
  /** What stands in for a cluster policy that does not fit. Default: unknown, so that each policy has to fit. */
  readonly written?: WrittenPolicies | undefined;
}

export interface Guard {
  readonly policy: AdmissionPolicy;
  /**
   * What labels require in namespaces that have such labels. It must be in force before a `policy` with a condition in front
   * is.
   */
  readonly ofLabels: AdmissionPolicy;
  /** Namespaces whose own policies are not in the guard; each fails closed. */
  readonly leftOut: LeftOutByNamespace;
  readonly rulesOfWebhook: readonly RuleOfWebhook[];
  /** Exemptions that are not in the guard, and cluster policies that are not in it as they are today. */
  readonly clusterLeftOut: readonly ClusterLeftOut[];
  /** The cluster policies that are in the guard. */
  readonly ofCluster: readonly CompiledPolicy[];
}

/**
 * The ValidatingAdmissionPolicy that says what the engine says, as far as it fits. Pure.
 * @param classes the RuntimeClasses of the cluster
 * @param now milliseconds since the epoch; exemptions that have expired by then are left out
 * @throws GuardTooLarge where cluster policies alone are too many for one object, and nothing is known to stand in for them
 */
export function fitGuard(
  snapshot: Snapshot,
  classes: readonly RuntimeClassFacts[],
  now: number,
  { refused = NOTHING_REFUSED, besideLabels = false, written }: Fitting = {},
): Guard {
  const readAlso = snapshot.exemptions;
  const groundOf = (some: Snapshot) => ({
    ...{ snapshot: some, classes, now, besideLabels, readAlso },
    labels: labelScorings([...some.policies.filter(isOfCluster), some.fallback]),
    rules: sortRules(some.policies, refused.rules),
  });
  const fitted = fitCluster(snapshot, refused, written, some => leastOf(groundOf(some)));
  const ground = groundOf(fitted.snapshot);
  const { labels, rules } = ground;
  const { policies } = fitted.snapshot;
  const ofCluster = policies.filter(isOfCluster);
  const ingredients = (some: typeof policies, leftOut: LeftOutByNamespace): Ingredients => {
    return { ...ground, snapshot: { ...fitted.snapshot, policies: some }, leftOut };
  };
  const made = (policy: AdmissionPolicy, leftOut: LeftOutByNamespace): Guard => ({
    policy: annotated(policy, snapshot, refused, fitted.leftOut),
    ofLabels: annotated(policyOfLabels(ingredients(policies, leftOut)), snapshot, refused, fitted.leftOut),
    leftOut,
    rulesOfWebhook: rules.ofWebhook,
    clusterLeftOut: fitted.leftOut,
    ofCluster,
  });
  // Exemptions take precedence over the policies of namespaces: without its exemption, something that runs would be refused.
  const { policy: least, bytes: taken } = fitted.made;
  if (ofCluster.length === policies.length) return made(least, new Map());
  // The size of a namespace's part is known only roughly, so it may take several rounds until all parts fit.
  for (let room = MAX_BYTES - taken; ; ) {
    const leftOut = leaveOut(policies, labels, room, refused.namespaces);
    const policy = policyFor(ingredients(policies, leftOut));
    const bytes = sizeOf(policy);
    if (bytes <= MAX_BYTES) return made(policy, leftOut);
    // There is no room even for the names of all namespaces with policies of their own.
    if (room < 0) throw new GuardTooLarge(larger(bytes, MAX_BYTES), [bytes, MAX_BYTES]);
    room -= bytes - MAX_BYTES;
  }
}

/** How many cluster policies are named: whoever compares the guard only has to know that there are any. */
const MOST_EARLIER_NAMED = 20;

function annotated(
  policy: AdmissionPolicy,
  { version }: Snapshot,
  refused: Refused,
  clusterLeftOut: readonly ClusterLeftOut[],
): AdmissionPolicy {
  const earlier = clusterLeftOut.filter(({ kind }) => kind === 'ClusterSandboxPolicy');
  const annotations = {
    [SNAPSHOT_ANNOTATION]: version,
    // The annotation is always there, so that a write of the leader takes back what an earlier one said.
    [REFUSED_ANNOTATION]: [...refused.namespaces].sort().join(),
    [REFUSED_EXEMPTIONS_ANNOTATION]: [...refused.exemptions].sort().join(),
    [EARLIER_ANNOTATION]: earlier
      .slice(0, MOST_EARLIER_NAMED)
      .map(({ name }) => name)
      .join(),
  };
  return { ...policy, metadata: { ...policy.metadata, annotations } };
}

interface Ingredients extends ClusterGround {
  /** Exemptions whose labels are locked even where they are not in the guard, as the webhook reads these labels. */
  readonly readAlso: Snapshot['exemptions'];
  readonly classes: readonly RuntimeClassFacts[];
  readonly rules: SortedRules;
  readonly leftOut: LeftOutByNamespace;
  readonly besideLabels: boolean;
}

const sizeOf = (policy: AdmissionPolicy): number => Buffer.byteLength(JSON.stringify(policy));
const larger = (bytes: number, most: number): string =>
  `the guard would be ${bytes} bytes, of ${most} at most`;

/** The guard without the policies of namespaces. @throws GuardTooLarge */
function leastOf(ground: Omit<Ingredients, 'leftOut'>): {
  readonly policy: AdmissionPolicy;
  readonly bytes: number;
} {
  const { snapshot } = ground;
  const policies = snapshot.policies.filter(isOfCluster);
  const ingredients = { ...ground, snapshot: { ...snapshot, policies }, leftOut: new Map() };
  const policy = policyFor(ingredients);
  const bytes = sizeOf(policy);
  if (bytes > MAX_CLUSTER_BYTES) {
    const sizes = [bytes, MAX_CLUSTER_BYTES] as const;
    throw new GuardTooLarge(larger(...sizes), sizes, clusterParts(ingredients));
  }
  return { policy, bytes };
}

function policyFor(ingredients: Ingredients): AdmissionPolicy {
  const { snapshot, classes, now, labels, rules, leftOut, besideLabels, readAlso } = ingredients;
  const exemptions = exemptionsCel(snapshot.exemptions, now);
  const ruled = rulesCel(rules, labels);
  const ofClasses = classesCel(classes, snapshot.profiles, exemptions.signals);
  const notServed = ofClasses.some(({ name }) => name === 'notServed');
  const variables = [
    ...GROUND,
    PASSES,
    NOTHING_FOUND,
    ...boundsCel(walkedBy(rules)),
    ...exemptions.variables,
    ...findingsCel(exemptions),
    ...labels.variables,
    ...leftOutCel(leftOut),
    ...policiesCel(snapshot, labels, leftOut),
    ...REQUIRED,
    ...ofClasses,
    ...slipsCel({ ...snapshot, exemptions: readAlso }, leftOut),
    ...ruled.variables,
  ];
  const front = besideLabels ? frontCel(snapshot) : undefined;
  const conditions = front ? [...CONDITIONS, front] : CONDITIONS;
  const policy = admissionPolicy(GUARD, MATCHED, conditions, variables, [
    ...validations({ notServed }),
    ...ruled.validations,
  ]);
  refuseLongVariable(policy, ingredients);
  return policy;
}

/** What is required of a Pod in which nothing is found, by policies and by labels of the Pod and its namespace. */
function policyOfLabels(ingredients: Ingredients): AdmissionPolicy {
  const { snapshot, classes, labels, leftOut } = ingredients;
  const variables = [
    ...GROUND,
    ...labels.variables,
    ...leftOutCel(leftOut),
    ...policiesCel(snapshot, labels, leftOut),
    ...classesCel(classes, snapshot.profiles, NO_SIGNALS),
    ...WITHOUT_FINDINGS,
  ];
  const policy = admissionPolicy(GUARD_OF_LABELS, MATCHED_BY_LABELS, CONDITIONS, variables, [
    ISOLATED_BY_LABELS,
  ]);
  refuseLongVariable(policy, ingredients);
  return policy;
}

function admissionPolicy(
  name: string,
  matched: readonly Rule[],
  matchConditions: readonly Variable[],
  variables: readonly Variable[],
  validations: readonly Validation[],
): AdmissionPolicy {
  const seed = seedOf(name, matched);
  return {
    ...seed,
    spec: { ...seed.spec, matchConditions, variables: inOrder(variables, validations), validations },
  };
}

/** A literal as `text` writes it. */
const STRING = /'(?:[^'\\]|\\.)*'/g;

/**
 * The variables that validations need, each after those that it needs itself, as the API server knows a variable only from
 * there on.
 */
function inOrder(variables: readonly Variable[], validations: readonly Validation[]): readonly Variable[] {
  const byName = new Map(variables.map(one => [one.name, one]));
  const ordered = new Map<string, Variable>();
  const addNeeded = (cel: string): void => {
    // Strings are skipped: the value of a label may be `variables.policies`, which is no reference.
    for (const [, name] of cel.replaceAll(STRING, "''").matchAll(/variables[.](\w+)/g)) {
      const needed = byName.get(name ?? '');
      if (!needed || ordered.has(needed.name)) continue;
      // The text of a rule is its author's: whatever it says, it reads no variable.
      if (!isRule(needed)) addNeeded(needed.expression);
      ordered.set(needed.name, needed);
    }
  };
  for (const { expression, messageExpression = '' } of validations)
    addNeeded(`${expression} ${messageExpression}`);
  return [...ordered.values()];
}
