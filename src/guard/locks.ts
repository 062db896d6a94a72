import { ISOLATIONS } from '../profiles/isolation.ts';
import type { ProfileTable } from '../profiles/profile.ts';
import { boundOn } from '../signals/bounds.ts';
import type { Cel } from '../signals/cel.ts';
import { texts } from '../signals/guards.ts';
import { LOCK_PREFIX } from './names.ts';
import {
  type AdmissionBinding,
  type AdmissionPolicy,
  matching,
  type Rule,
  rule,
  type Variable,
} from './object.ts';

/*
The locks protect what decides about Pods, and say who may change it. RBAC cannot say "labels of a Namespace, but not these";
the API server can, by a ValidatingAdmissionPolicy that asks whether the user holds a verb of its own. Cluster administrators
hold every verb. Policies of this kind can guard neither themselves nor each other: that is left to RBAC.
*/

/** `kubectl auth can-i bypass sandboxpolicies.cofferdam.dev` */
const MAY: Variable = {
  name: 'may',
  expression: "authorizer.group('cofferdam.dev').resource('sandboxpolicies').check('bypass').allowed()",
};
const WHO = 'only who has RBAC verb "bypass" on sandboxpolicies.cofferdam.dev may';

interface Lock {
  readonly name: string;
  readonly rules: readonly Rule[];
  /** True where the request changes what is locked. */
  readonly changes: Cel;
  /** The end of the message that begins with `may`. */
  readonly what: string;
}

/** The names of this project's webhook configurations. */
const CONFIGURATIONS = ['zz-cofferdam'];

const OWN = "k.startsWith('cofferdam.dev/')";
const NEW = 'object.metadata.?labels.orValue({})';
const OLD = "(request.operation == 'UPDATE' ? oldObject.metadata.?labels.orValue({}) : {})";

/**
 * A Namespace with more labels than are read of one is not looped over: each step of a CEL loop takes longer the more there
 * were, and 40,000 labels, which fit into a request, had the API server at work for 12 s longer at each write of them.
 */
const MOST_LABELS = boundOn('labels').most;
const HAS_TOO_MANY = `size(${NEW}) > ${MOST_LABELS} || size(${OLD}) > ${MOST_LABELS}`;

const NAMESPACES: Lock = {
  name: 'namespaces',
  // A request for a status or a finalization carries the labels, too, and they are stored.
  rules: [
    rule('', ['CREATE', 'UPDATE'], ['namespaces']),
    rule('', ['UPDATE'], ['namespaces/status', 'namespaces/finalize']),
  ],
  changes: [
    `${HAS_TOO_MANY} ? ${NEW} != ${OLD} :`,
    `${NEW}.exists(k, ${OWN} && (!(k in ${OLD}) || ${OLD}[k] != object.metadata.labels[k])) ||`,
    `${OLD}.exists(k, ${OWN} && !(k in ${NEW}))`,
  ].join(' '),
  what: `set, change or remove labels cofferdam.dev/* of a Namespace, or any of one with more than ${MOST_LABELS} labels`,
};

/** Locks what a class is for; its handler can never change. Labels, annotations and finalizers may change. */
const runtimeClasses = (handlers: readonly string[]): Lock => ({
  name: 'runtimeclasses',
  rules: [rule('node.k8s.io', ['CREATE', 'UPDATE', 'DELETE'], ['runtimeclasses'])],
  changes: [
    `(request.operation == 'DELETE' ? oldObject : object).handler in ${texts(handlers)}`,
    "(request.operation != 'UPDATE' || object.?overhead != oldObject.?overhead || object.?scheduling != oldObject.?scheduling)",
  ].join(' && '),
  what: 'create, change or delete a RuntimeClass of a sandbox',
});

const OBJECTS: Lock = {
  name: 'objects',
  // Their status is not locked, as the leader writes it: the API server lets a status request change nothing else of them.
  rules: [
    rule('cofferdam.dev', ['CREATE', 'UPDATE', 'DELETE'], ['sandboxprofiles', 'sandboxexemptions'], '*'),
  ],
  changes: "request.operation != 'UPDATE' || object.spec != oldObject.spec",
  what: 'write SandboxProfiles and SandboxExemptions',
};

/** Every field of an entry except `clientConfig.caBundle`, which cert-manager's cainjector writes. */
const FIELDS = [
  ...['name', 'clientConfig.?service', 'clientConfig.?url', 'rules', 'failurePolicy', 'matchPolicy'],
  ...['namespaceSelector', 'objectSelector', 'sideEffects', 'timeoutSeconds', 'admissionReviewVersions'],
  ...['matchConditions', 'reinvocationPolicy'],
];
const same = FIELDS.map(field => `w.?${field} == o.?${field}`).join(' && ');
const entries = (object: string): Cel => `dyn(${object}.?webhooks.orValue([]))`;

const listOf = (object: string, field: string): Cel => `${object}.metadata.?${field}.orValue([])`;

const WEBHOOKS: Lock = {
  name: 'webhooks',
  rules: [
    rule(
      'admissionregistration.k8s.io',
      ['UPDATE', 'DELETE'],
      ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
    ),
  ],
  // The stored name is compared instead of resourceNames in the rule, as a request that deletes a collection names nothing.
  changes: `oldObject.metadata.name in ${texts(CONFIGURATIONS)} && (${[
    "request.operation == 'DELETE'",
    ...['labels', 'annotations'].map(field => `object.metadata.?${field} != oldObject.metadata.?${field}`),
    // A finalizer would keep them in force after they have been deleted to get rid of them, and an owner that is gone would end
    // them. Existing ones may be removed, as the garbage collector does.
    ...['finalizers', 'ownerReferences'].map(
      field => `!${listOf('object', field)}.all(one, one in ${listOf('oldObject', field)})`,
    ),
    `${entries('object')}.map(w, w.name) != ${entries('oldObject')}.map(o, o.name)`,
    `!${entries('object')}.all(w, ${entries('oldObject')}.exists(o, ${same}))`,
  ].join(' || ')})`,
  what: "change or delete this project's webhook configurations, but for their caBundle",
};

/** A lock and its binding. */
export interface Locked {
  readonly policy: AdmissionPolicy;
  readonly binding: AdmissionBinding;
}

/**
 * The locks, each with its binding. Pure.
 * @param profiles say which handlers are sandboxes
 */
export function locksFor(profiles: ProfileTable): readonly Locked[] {
  const handlers = profiles.all
    .filter(({ isolation }) => isolation !== ISOLATIONS[0])
    .flatMap(profile => profile.handlers);
  return [NAMESPACES, runtimeClasses([...new Set(handlers)].sort()), OBJECTS, WEBHOOKS].map(lock => ({
    policy: policyOf(lock),
    binding: bindingOf(lock),
  }));
}

const policyOf = ({ name, rules, changes, what }: Lock): AdmissionPolicy => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name: `${LOCK_PREFIX}${name}` },
  spec: {
    failurePolicy: 'Fail',
    matchConstraints: matching(rules),
    variables: [{ name: 'changes', expression: changes }, MAY],
    validations: [
      {
        expression: '!variables.changes || variables.may',
        message: `${WHO} ${what}`,
        reason: 'Forbidden',
      },
    ],
  },
});

const bindingOf = ({ name }: Lock): AdmissionBinding => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name: `${LOCK_PREFIX}${name}` },
  spec: { policyName: `${LOCK_PREFIX}${name}`, validationActions: ['Deny'] },
});
