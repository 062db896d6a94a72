/*
Rules that read what the API server, its plugins and controllers fill in, under names that say what. All have the same small
weight, so that none hides another.
*/

const CONTAINERS = 'object.spec.containers';

const EXPRESSIONS: Readonly<Record<string, string>> = {
  // These are filled in by the API server (pkg/apis/core/v1/defaults.go).
  restarts: "object.spec.restartPolicy == 'Always'",
  'dns-policy': "object.spec.dnsPolicy == 'ClusterFirst'",
  grace: 'object.spec.terminationGracePeriodSeconds < 1',
  'no-pod-security': 'object.spec.securityContext == {}',
  links: 'object.spec.enableServiceLinks',
  pulls: `${CONTAINERS}.exists(c, c.imagePullPolicy == 'Always')`,
  'message-path': `${CONTAINERS}.all(c, c.terminationMessagePath == '/dev/termination-log')`,
  'message-policy': `${CONTAINERS}.all(c, c.terminationMessagePolicy == 'File')`,
  'no-resources': `${CONTAINERS}.exists(c, c.resources == {})`,
  requests: `${CONTAINERS}.exists(c, 'cpu' in c.resources.requests)`,
  'one-core': `${CONTAINERS}.exists(c, c.?resources.?limits.?cpu.orValue('') == '1')`,
  protocol: `${CONTAINERS}.exists(c, c.?ports.orValue([]).exists(p, p.protocol == 'TCP'))`,
  'host-ports': `${CONTAINERS}.exists(c, c.?ports.orValue([]).exists(p, has(p.hostPort)))`,
  probes: `${CONTAINERS}.exists(c, c.livenessProbe.periodSeconds == 10)`,
  'proc-mount': `${CONTAINERS}.exists(c, c.securityContext.procMount == 'Default')`,
  'secret-mode': 'object.spec.volumes.exists(v, v.secret.defaultMode == 420)',
  'path-type': "object.spec.volumes.exists(v, v.hostPath.type == '')",
  // These are filled in by its plugins.
  account: "object.spec.serviceAccountName == 'default'",
  'old-account': "object.spec.serviceAccount == 'default'",
  token: 'object.spec.volumes.exists(v, has(v.projected))',
  'token-mounts': `${CONTAINERS}.exists(c, c.volumeMounts.exists(m, m.mountPath.startsWith('/var/run/secrets/kubernetes.io')))`,
  'two-mounts': `${CONTAINERS}.exists(c, size(c.?volumeMounts.orValue([])) > 1)`,
  tolerations: 'size(object.spec.tolerations) > 1',
  'seconds-tolerated': 'object.spec.tolerations.exists(t, t.tolerationSeconds == 300)',
  priority: 'object.spec.priority == 0',
  preemption: "object.spec.preemptionPolicy == 'PreemptLowerPriority'",
  overhead: 'has(object.spec.overhead)',
  selected: 'has(object.spec.nodeSelector)',
  // These are filled in by controllers.
  owner: "object.metadata.ownerReferences.exists(o, o.kind == 'ReplicaSet' && o.controller)",
  'owner-blocks': 'object.metadata.ownerReferences.exists(o, o.blockOwnerDeletion)',
  hash: "has(object.metadata.labels) && 'pod-template-hash' in object.metadata.labels",
  'generated-name': "object.metadata.generateName.startsWith('w')",
  'own-name': "object.metadata.name.endsWith('-0')",
  finalizers: 'object.metadata.finalizers.size() > 0',
  annotations: 'size(object.metadata.annotations) > 0',
  hostname: "object.spec.hostname != ''",
  subdomain: "object.spec.subdomain != ''",
  environment: `${CONTAINERS}.exists(c, c.env.exists(e, e.name == 'JOB_COMPLETION_INDEX'))`,
  affinity: 'has(object.spec.affinity.nodeAffinity)',
  // These come with the request.
  'api-version': "object.apiVersion == 'v1' && object.kind == 'Pod'",
  namespace: "object.metadata.namespace.startsWith('cofferdam')",
  scheduler: "object.spec.schedulerName == 'default-scheduler'",
  status: 'has(object.status)',
};

const RULES = Object.entries(EXPRESSIONS).map(([name, expression]) => ({ name, expression, weight: 1 }));
/** A policy has at most 32 rules. */
const HALF = Math.ceil(RULES.length / 2);

export const WATCHFUL_POLICIES = [RULES.slice(0, HALF), RULES.slice(HALF)].map((rules, i) => ({
  kind: 'ClusterSandboxPolicy',
  metadata: { name: `watchful-${i}` },
  spec: { scoring: { rules } },
}));
