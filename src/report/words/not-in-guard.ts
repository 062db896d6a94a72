import type { Because, ClusterLeftOut } from '../../guard/left-out.ts';
import { SHARE_RULES, type WhyOfWebhook } from '../../guard/rules.ts';
import { NAMESPACE_SHARE_BYTES } from '../../guard/share.ts';

/** Why something is not in the guard, to stand after a comma, and what to do about it, where anything is to be done. */
export interface NotInGuard {
  readonly why: string;
  readonly fix?: string;
}

/** SandboxPolicies of a namespace. */
export const NAMESPACE_NOT_IN_GUARD: Readonly<Record<Because, Required<NotInGuard>>> = {
  share: {
    why: `as the share of a namespace is ${NAMESPACE_SHARE_BYTES} bytes`,
    fix: 'Make them smaller, or fewer.',
  },
  room: {
    why: 'as the policies and exemptions of all others leave less room',
    fix: 'Make them smaller, or fewer.',
  },
  refused: {
    why: 'as the API server does not take them',
    fix: 'Look through their selectors, values and labels for what the API server may not take, or make them smaller.',
  },
};

/** Why the guard as a whole is not written: it is too large, or the API server does not take it. */
export type WhyStopped = 'too-large' | 'refused';

/** Cluster policies and exemptions of which that comes. */
export const CLUSTER_NOT_IN_GUARD: Readonly<Record<WhyStopped, Required<NotInGuard>>> = {
  'too-large': {
    why: 'and this takes more of it than most',
    fix: 'Make it smaller, or delete what nobody needs of it.',
  },
  refused: {
    why: 'because of what this makes of it',
    fix: 'Look through its selectors, values and labels for what the API server may not take, or make it smaller.',
  },
};

/** An exemption, or a cluster policy, that alone is not in the guard as it is. */
export const CLUSTER_PART_NOT_IN_GUARD: Readonly<Record<ClusterLeftOut['because'], Required<NotInGuard>>> = {
  room: {
    why: 'as cluster policies and exemptions are more than there is room for',
    fix: 'Make it smaller, or delete what nobody needs of cluster policies and exemptions.',
  },
  refused: {
    why: 'as the API server does not take it',
    fix: 'Look through its selectors, values and labels for what the API server may not take, or make it smaller.',
  },
};

/** Rules of a policy. */
export const RULE_NOT_IN_GUARD: Readonly<Record<WhyOfWebhook, NotInGuard>> = {
  namespaced: { why: 'as it has rules of cluster policies alone' },
  'not-compiled': {
    why: 'as the API server does not compile the expression, or answers otherwise',
    fix: 'Correct the expression.',
  },
  unseen: {
    why: 'as the expression reads of the Namespace what rules do not see',
    fix: 'Read nothing but its name and its labels.',
  },
  unbounded: {
    why: 'as the expression loops over something of which a Pod may have any number',
    fix: 'Loop over nothing but what has a bound (docs/signals.md), and not over the parts of a text.',
  },
  'too-costly': {
    why: 'as rules of cluster policies could cost more than their share of what the API server lets one policy take',
    fix: 'Nest fewer loops in rules of cluster policies, and in a loop walk nothing but what its items hold.',
  },
  'no-room': {
    why: 'as rules of cluster policies are longer than their share of the guard',
    fix: 'Shorten rules of cluster policies.',
  },
  'too-many': {
    why: `as cluster policies have more than ${SHARE_RULES} rules together`,
    fix: 'Merge rules of cluster policies, or delete what nobody needs.',
  },
};
