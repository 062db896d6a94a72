import type { Check } from '../check.ts';
import { blindPods } from './blind-pods.ts';
import { classNames } from './class-names.ts';
import { definitions } from './definitions.ts';
import { exemptions } from './exemptions.ts';
import { guard } from './guard.ts';
import { guardWrites } from './guard-writes.ts';
import { handlersOnNodes } from './handlers-on-nodes.ts';
import { kubernetesVersion } from './kubernetes-version.ts';
import { leftovers } from './leftovers.ts';
import { locks } from './locks.ts';
import { namespaceLabels } from './namespace-labels.ts';
import { namespaceModes } from './namespace-modes.ts';
import { podSecurity } from './pod-security.ts';
import { preflightOthers, preflightSystem } from './preflight.ts';
import { readyNodes } from './ready-nodes.ts';
import { sandboxClasses } from './sandbox-classes.ts';
import { servingCertificate } from './serving-certificate.ts';
import { webhookCertificates } from './webhook-certificates.ts';
import { webhookEndpoints } from './webhook-endpoints.ts';
import { webhookFailurePolicy } from './webhook-failure-policy.ts';
import { webhookOrder } from './webhook-order.ts';
import { webhookScope } from './webhook-scope.ts';
import { webhookTimeouts } from './webhook-timeouts.ts';
import { webhooksRegistered } from './webhooks-registered.ts';

/** The checks in the order of the report. */
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

/** Further checks with `--preflight`. */
export const PREFLIGHT: readonly Check[] = [preflightSystem, preflightOthers];
