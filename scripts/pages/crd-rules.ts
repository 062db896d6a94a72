import { NAMESPACED_LIMITS, NAMESPACED_VALUES } from '../../src/policy/schema/limits.ts';
import { ISOLATIONS } from '../../src/profiles/isolation.ts';
import type { Kind } from '../../src/source/group.ts';

/** A validation rule in CEL, as the API server evaluates it (KEP-2876). */
export interface Rule {
  readonly rule: string;
  readonly message: string;
}

/** The additions of a kind to its schema, by path, where `[]` stands for the items of a list and `.*` for the values of a map. */
export type Additions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const rules = (...all: readonly Rule[]) => ({ 'x-kubernetes-validations': all });

/** The API server refuses two entries with one key, and `kubectl apply --server-side` merges them. */
const keyedBy = (key: string) => ({
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': [key],
});

/** Ranks are in a map because the API server estimates a list with indexOf to cost without bound. */
const RANK = `{${ISOLATIONS.map((isolation, rank) => `'${isolation}': ${rank}`).join(', ')}}`;

const ascending = rules(
  {
    rule: 'self.map(tier, tier.atLeast).isSorted() && self.all(a, self.exists_one(b, a.atLeast == b.atLeast))',
    message: 'tiers ascend by atLeast, each once',
  },
  {
    rule: `self.all(a, self.all(b, a.atLeast >= b.atLeast || ${RANK}[a.isolation] <= ${RANK}[b.isolation]))`,
    message: 'a higher score would get less isolation',
  },
);

const oneChoice = rules({
  rule: 'has(self.runtimeClass) != has(self.isolation)',
  message: 'name exactly one of runtimeClass and isolation',
});

const requirement = rules({
  rule: "(self.operator in ['In', 'NotIn']) == (has(self.values) && size(self.values) > 0)",
  message: 'In and NotIn need values; Exists and DoesNotExist take none',
});

const shortKeys = rules({
  rule: `self.all(key, size(key) <= ${NAMESPACED_LIMITS.key})`,
  message: `keys have at most ${NAMESPACED_LIMITS.key} characters`,
});

const fewValues = rules({
  rule: `self.map(one, has(one.values) ? size(one.values) : 0).sum() <= ${NAMESPACED_VALUES}`,
  message: `at most ${NAMESPACED_VALUES} values together`,
});

const policy: Additions = {
  'spec.tiers': ascending,
  'spec.sandboxes[]': oneChoice,
  'spec.match.podSelector.matchExpressions[]': requirement,
  'spec.scoring.labels': keyedBy('key'),
  'spec.scoring.rules': keyedBy('name'),
};

const oneWord = rules({
  rule: 'has(self.cases) ? !has(self.support) && !has(self.reason) && !has(self.source) : has(self.support) && has(self.reason) && has(self.source)',
  message: 'give either support, reason and source, or cases',
});

/**
 * The rules that the schemas cannot express but an API server can check. None depends on the catalogue of signals: CRDs may
 * be of another version than the program (`crds.enabled=false`), and would then refuse signals that it knows, or leave
 * stored objects that name a removed signal without a way to be updated. The status of an object reports those.
 */
export const ADDITIONS: Readonly<Record<Kind, Additions>> = {
  ClusterSandboxPolicy: {
    ...policy,
    'spec.match.namespaceSelector.matchExpressions[]': requirement,
  },
  SandboxPolicy: {
    ...policy,
    'spec.match.podSelector.matchLabels': shortKeys,
    'spec.match.podSelector.matchExpressions': fewValues,
  },
  SandboxExemption: {
    'spec.match.podSelector.matchExpressions[]': requirement,
    'spec.match.namespaces': { 'x-kubernetes-list-type': 'set' },
    // The format by itself allows a year that dates of the engine cannot hold.
    'spec.expires': rules({
      rule: "self < timestamp('2200-01-01T00:00:00Z')",
      message: 'an exemption ends: name a date within its owner’s reach',
    }),
  },
  SandboxProfile: {
    spec: rules(
      {
        rule: '!has(self.handlers) || size(self.handlers) == 0 || has(self.isolation) || has(self.extends)',
        message: 'a profile with handlers needs isolation, or a profile that it extends',
      },
      {
        rule: '!has(self.retired) || !has(self.handlers) || size(self.handlers) == 0',
        message: 'a retired profile names no handlers',
      },
    ),
    'spec.handlers': { 'x-kubernetes-list-type': 'set' },
    'spec.handlers[]': rules({
      rule: "!self.endsWith('-debug') && !self.endsWith('-devkit')",
      message: 'a handler with a debug console always counts as host-kernel',
    }),
    'spec.signals.*': oneWord,
  },
};
