import type { Check } from './check.ts';
import { blindPods } from './checks/blind-pods.ts';
import { classNames } from './checks/class-names.ts';
import { definitions } from './checks/definitions.ts';
import { exemptions } from './checks/exemptions.ts';
import { guard } from './checks/guard.ts';
import { guardWrites } from './checks/guard-writes.ts';
import { handlersOnNodes } from './checks/handlers-on-nodes.ts';
import { kubernetesVersion } from './checks/kubernetes-version.ts';
import { leftovers } from './checks/leftovers.ts';
import { locks } from './checks/locks.ts';
import { namespaceLabels } from './checks/namespace-labels.ts';
import { namespaceModes } from './checks/namespace-modes.ts';
import { podSecurity } from './checks/pod-security.ts';
import { preflightOthers, preflightSystem } from './checks/preflight.ts';
import { readyNodes } from './checks/ready-nodes.ts';
import { sandboxClasses } from './checks/sandbox-classes.ts';
import { servingCertificate } from './checks/serving-certificate.ts';
import { webhookCertificates } from './checks/webhook-certificates.ts';
import { webhookEndpoints } from './checks/webhook-endpoints.ts';
import { webhookFailurePolicy } from './checks/webhook-failure-policy.ts';
import { webhookOrder } from './checks/webhook-order.ts';
import { webhookScope } from './checks/webhook-scope.ts';
import { webhookTimeouts } from './checks/webhook-timeouts.ts';
import { webhooksRegistered } from './checks/webhooks-registered.ts';

/** In the order in which they are told. */
export const CHECKS: readonly Check[] = [
  kubernetesVersion,
  guardWrites,
  sandboxClasses,
  classNames,
  handlersOnNodes,
  readyNodes,
  definitions,
  webhooksRegistered,
  webhookScope,
  webhookFailurePolicy,
  webhookEndpoints,
  webhookCertificates,
  servingCertificate,
  webhookTimeouts,
  webhookOrder,
  leftovers,
  guard,
  locks,
  namespaceModes,
  namespaceLabels,
  podSecurity,
  exemptions,
  blindPods,
];

/** Besides, with `--preflight`. */
export const PREFLIGHT: readonly Check[] = [preflightSystem, preflightOthers];
