import type { Because, ClusterLeftOut } from '../../guard/left-out.ts';
import { SHARE_RULES, type WhyOfWebhook } from '../../guard/rules.ts';
import { NAMESPACE_SHARE_BYTES } from '../../guard/share.ts';

/** Why something is not in the guard, to follow a comma, and what to do, where anything can be done. */
export interface NotInGuard {
  readonly why: string;
  readonly fix?: string;
}

/** Why the SandboxPolicies of a namespace are not in the guard. */
export const NAMESPACE_NOT_IN_GUARD: Readonly<Record<Because, Required<NotInGuard>>> = {
  share: {
    why: `as the share of a namespace is ${NAMESPACE_SHARE_BYTES} bytes`,
    fix: 'Shorten these policies, or merge some of them.',
  },
  room: {
    why: 'as the other policies and exemptions leave too little room',
    fix: 'Shorten these policies, or merge some of them.',
  },
  refused: {
    why: 'as the API server does not accept them',
    fix: 'Look through their selectors, values and labels for something that the API server may not accept, or shorten them.',
  },
};

/** Why no guard is written at all: it is too large, or the API server refuses it. */
export type WhyStopped = 'too-large' | 'refused';

/** The reason for cluster policies and exemptions that cause this. */
export const CLUSTER_NOT_IN_GUARD: Readonly<Record<WhyStopped, Required<NotInGuard>>> = {
  'too-large': {
    why: 'and this object is one of the largest in it',
    fix: 'Shorten it, or delete the parts that nobody needs.',
  },
  refused: {
    why: 'because of this object',
    fix: 'Look through its selectors, values and labels for something that the API server may not accept, or shorten it.',
  },
};

/** The reason for a single exemption or cluster policy that is not in the guard as it is. */
export const CLUSTER_PART_NOT_IN_GUARD: Readonly<Record<ClusterLeftOut['because'], Required<NotInGuard>>> = {
  room: {
    why: 'as there is no room for all cluster policies and exemptions',
    fix: 'Shorten it, or delete cluster policies and exemptions that nobody needs.',
  },
  refused: {
    why: 'as the API server does not accept it',
    fix: 'Look through its selectors, values and labels for something that the API server may not accept, or shorten it.',
  },
};

/** The reasons for rules of a policy. */
export const RULE_NOT_IN_GUARD: Readonly<Record<WhyOfWebhook, NotInGuard>> = {
  namespaced: { why: 'as it has only the rules of cluster policies' },
  'not-compiled': {
    why: 'as the API server does not compile the expression, or evaluates it differently',
    fix: 'Correct the expression.',
  },
  unseen: {
    why: 'as the expression reads a field of the Namespace that rules do not see',
    fix: 'Read only the name and the labels of the Namespace.',
  },
  unbounded: {
    why: 'as the expression loops over a list that may be of any length',
    fix: 'Loop only over lists that have a bound (docs/signals.md), and not over the parts of a text.',
  },
  'too-costly': {
    why: 'as the rules of cluster policies could cost more than their share of what the API server lets one policy take',
    fix: 'Nest fewer loops in the rules of cluster policies, and let an inner loop walk only what the item of the outer one holds.',
  },
  'no-room': {
    why: 'as the rules of cluster policies are longer than their share of the guard',
    fix: 'Shorten the rules of cluster policies.',
  },
  'too-many': {
    why: `as cluster policies have more than ${SHARE_RULES} rules together`,
    fix: 'Merge rules of cluster policies, or delete those that nobody needs.',
  },
};
