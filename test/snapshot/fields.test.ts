import { describe, expect, it } from 'vitest';
import { SAVED_KINDS } from '../../src/snapshot/kinds.ts';
import { POD } from '../../src/snapshot/pod.ts';
import { reduced } from '../../src/snapshot/shape.ts';
import { savedObject } from '../../src/snapshot/write.ts';
import { METADATA_FIELDS, SPEC_FIELDS } from '../fuzz/model.ts';
import { filledPod, plantedIn } from './filled.ts';

/*
Each text of a Pod is either gone from a snapshot, or has a reason here why it may stay: it is nothing that anybody would
keep a secret in. A version of Kubernetes that brings a field changes nothing: what is on no list is gone.

Containers of every kind have their fields under `container`, probes of every kind under `probe`, hooks under `hook`.
`x.*` is all that is below x.
*/
const KEPT: Readonly<Record<string, readonly string[]>> = {
  'names of objects, which the API server holds to letters, digits and hyphens': [
    ...['metadata.name', 'metadata.namespace', 'metadata.generateName', 'metadata.ownerReferences.name'],
    ...['container.name', 'container.targetContainerName', 'container.ports.name', 'volumes.name'],
    ...['container.env.name', 'container.envFrom.prefix', 'container.volumeMounts.name'],
    ...[
      'container.volumeDevices.name',
      'container.resources.claims.*',
      'resources.claims.*',
      'resourceClaims.*',
    ],
    ...['serviceAccount', 'serviceAccountName', 'runtimeClassName', 'priorityClassName', 'schedulerName'],
    ...['imagePullSecrets.name', 'schedulingGates.name', 'volumes.persistentVolumeClaim.claimName'],
    ...['volumes.csi.driver', 'volumes.ephemeral.volumeClaimTemplate.spec.storageClassName'],
  ],
  'labels, which selectors of policies and nodes read, of 63 such characters': [
    ...['metadata.labels', 'nodeSelector', 'tolerations.*'],
    'affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms.*',
  ],
  'references to what holds a value, by its name and key: never the value': [
    ...['configMapKeyRef.key', 'configMapKeyRef.name', 'secretKeyRef.key', 'secretKeyRef.name', 'fieldRef.*'],
    ...['resourceFieldRef.*', 'fileKeyRef.volumeName'],
  ]
    .map(field => `container.env.valueFrom.${field}`)
    .concat([
      ...[
        'container.envFrom.configMapRef.name',
        'container.envFrom.secretRef.name',
        'volumes.secret.secretName',
      ],
      ...['volumes.configMap.name', 'volumes.projected.sources.configMap.name'],
      'volumes.projected.sources.secret.name',
    ]),
  'words that the API has a list of, and quantities': [
    ...['metadata.ownerReferences.apiVersion', 'metadata.ownerReferences.kind', 'dnsPolicy', 'os.name'],
    ...['preemptionPolicy', 'restartPolicy', 'overhead', 'resources.limits', 'resources.requests'],
    ...['container.imagePullPolicy', 'container.restartPolicy', 'container.terminationMessagePolicy'],
    ...['container.ports.protocol', 'container.resources.limits', 'container.resources.requests'],
    ...['container.volumeMounts.mountPropagation', 'container.volumeMounts.recursiveReadOnly'],
    ...['container.probe.httpGet.scheme', 'container.hook.httpGet.scheme', 'container.lifecycle.stopSignal'],
    ...['securityContext.fsGroupChangePolicy', 'securityContext.supplementalGroupsPolicy'],
    ...['securityContext.seLinuxChangePolicy', 'container.securityContext.procMount'],
    ...['volumes.emptyDir.*', 'volumes.hostPath.type', 'volumes.image.pullPolicy'],
    ...['volumes.ephemeral.volumeClaimTemplate.spec.accessModes'],
    ...['volumes.ephemeral.volumeClaimTemplate.spec.volumeMode'],
  ],
  'what signals find in them': [
    ...[
      'container.image',
      'volumes.image.reference',
      'volumes.hostPath.path',
      'securityContext.sysctls.name',
    ],
    ...[
      'container.securityContext.capabilities.*',
      'container.ports.hostIP',
      'container.volumeDevices.devicePath',
    ],
    ...[
      'container.volumeMounts.mountPath',
      'container.volumeMounts.subPath',
      'container.volumeMounts.subPathExpr',
    ],
    ...['probe', 'hook'].flatMap(of => [
      ...[`container.${of}.httpGet.host`, `container.${of}.httpGet.port`],
      ...[`container.${of}.tcpSocket.host`, `container.${of}.tcpSocket.port`],
    ]),
    ...['securityContext', 'container.securityContext'].flatMap(of => [
      ...[`${of}.seccompProfile.*`, `${of}.appArmorProfile.*`, `${of}.seLinuxOptions.*`],
      `${of}.windowsOptions.runAsUserName`,
    ]),
    ...['volumes.projected.sources.serviceAccountToken.*'],
  ],
};

/** `container.env.value` for that of init, ephemeral and other containers alike. */
const normal = (path: string): string =>
  path
    .replace(/^spec\./, '')
    .replaceAll(/\[\]/g, '')
    .replace(/^(initContainers|ephemeralContainers|containers)(?=\.|$)/, 'container')
    .replace(/^container\.(liveness|readiness|startup)Probe(?=\.|$)/, 'container.probe')
    .replace(/^container\.lifecycle\.(postStart|preStop)(?=\.|$)/, 'container.hook');

const matches = (pattern: string, field: string): boolean =>
  pattern.endsWith('.*') ? field.startsWith(pattern.slice(0, -1)) : pattern === field;
const patterns = Object.values(KEPT).flat();

const saved = reduced(filledPod(), POD);
const stays = [...new Set(plantedIn(saved).map(normal))];

describe('of a Pod in which every field of the API is filled', () => {
  it('no text stays without a reason', () => {
    expect(stays.filter(field => !patterns.some(pattern => matches(pattern, field)))).toEqual([]);
  });

  it('every text stays of which a reason says so', () => {
    expect(patterns.filter(pattern => !stays.some(field => matches(pattern, field)))).toEqual([]);
  });

  it('every field was filled, and most texts are gone', () => {
    const all = new Set(plantedIn(filledPod()).map(normal));
    const texts = [...METADATA_FIELDS, ...SPEC_FIELDS].filter(
      ({ fields, type }) => fields.length === 0 && type !== 'number' && type !== 'boolean',
    );
    expect([...new Set(texts.map(({ path }) => normal(path)))].filter(path => !all.has(path))).toEqual([]);
    expect(stays.length).toBeLessThan(all.size / 2);
  });

  it.each([
    ...['container.env.value', 'container.args', 'container.command', 'container.probe.exec.command'],
    ...['container.probe.httpGet.httpHeaders.value', 'container.probe.httpGet.path', 'metadata.annotations'],
    ...['volumes.csi.volumeAttributes', 'volumes.flexVolume.options', 'volumes.gitRepo.repository'],
    ...['securityContext.windowsOptions.gmsaCredentialSpec', 'metadata.managedFields.fieldsV1'],
  ])('%s is gone', field => {
    expect(new Set(plantedIn(filledPod()).map(normal))).toContain(field);
    expect(stays).not.toContain(field);
  });

  it('is the same once it has been read again', () => {
    expect(reduced(saved, POD)).toEqual(saved);
  });
});

describe('of everything else', () => {
  it.each(SAVED_KINDS.filter(({ shape }) => shape !== POD).map(kind => [kind.kind, kind] as const))(
    '%s has no annotations, but the one of a Namespace that asks for sidecars',
    (name, kind) => {
      const annotations = {
        'kubectl.kubernetes.io/last-applied-configuration': 'secret',
        'linkerd.io/inject': 'x',
      };
      const template = { metadata: { annotations }, spec: { containers: [{ name: 'a', args: ['secret'] }] } };
      const object = {
        metadata: { name: 'x', namespace: 'y', annotations, labels: {}, managedFields: [{ a: 'secret' }] },
        spec: kind.shape === POD ? {} : { template, jobTemplate: { spec: { template } }, other: undefined },
        status: { message: 'secret' },
        webhooks: [{ name: 'a.cofferdam.dev', clientConfig: { caBundle: 'secret' } }],
      };
      const own = kind.apiVersion.startsWith('cofferdam.dev/');
      const { spec, ...rest } = (savedObject(object, { ...kind, wanted: () => true }) ?? {}) as {
        spec?: unknown;
      };
      expect(JSON.stringify([rest, own ? {} : spec])).not.toContain('secret');
      expect(JSON.stringify(rest).includes('annotations')).toBe(name === 'Namespace');
    },
  );
});

describe('an annotation', () => {
  const annotationsOf = (annotations: object): unknown =>
    (reduced({ metadata: { annotations } }, POD) as { metadata: { annotations: unknown } }).metadata
      .annotations;

  it.each([
    ['that a runtime obeys stays', 'dev.gvisor.flag.debug', 'true', 'true'],
    ['that it obeys whatever the case stays', 'IO.katacontainers.config.x', 'y', 'y'],
    ['of AppArmor stays', 'container.apparmor.security.beta.kubernetes.io/a', 'unconfined', 'unconfined'],
    ['that asks for a sidecar stays', 'sidecar.istio.io/inject', 'true', 'true'],
    ['of this project stays', 'cofferdam.dev/injected-runtime-class', 'gvisor', 'gvisor'],
    ['that a runtime does not obey has its key alone', 'vault.example/token', 'secret', ''],
    [
      'that is harmless to Kata has its key alone',
      'io.katacontainers.config.hypervisor.cc_init_data',
      'x',
      '',
    ],
    ['that is no text has its key alone', 'dev.gvisor.flag.debug', { secret: 1 }, ''],
  ])('%s', (_, key, value, kept) => {
    expect(annotationsOf({ [key]: value })).toEqual({ [key]: kept });
  });

  it('that a runtime obeys and that holds a file is told by what a finding has of it', () => {
    const kept = annotationsOf({ 'io.katacontainers.config.x': 'secret '.repeat(20) });
    expect(kept).toEqual({
      'io.katacontainers.config.x': expect.stringMatching(/^<140 characters, sha256 [0-9a-f]{32}>$/),
    });
    expect(annotationsOf(kept as object)).toEqual(kept);
  });
});

describe('a long value of an annotation that is read is told by its hash', () => {
  const SECRET = `Secret: ${'hunter2 '.repeat(20)}`;
  const HASH = /^<168 characters, sha256 [0-9a-f]{32}>$/;
  const kept = (kind: string, key: string, value: string): unknown => {
    const saved = SAVED_KINDS.find(one => one.kind === kind);
    const object = reduced({ metadata: { annotations: { [key]: value } } }, saved?.shape ?? POD);
    return (object as { metadata: { annotations: Record<string, unknown> } }).metadata.annotations[key];
  };

  it.each([
    ['Pod', 'sidecar.istio.io/inject'],
    ['Pod', 'consul.hashicorp.com/connect-inject'],
    ['Pod', 'ambient.istio.io/redirection'],
    ['Pod', 'cofferdam.dev/policy'],
    ['Pod', 'container.apparmor.security.beta.kubernetes.io/a'],
    ['Pod', 'node.gke.io/enable-writable-cgroups.a'],
    ['Pod', 'linkerd.io/inject'],
    ['Namespace', 'linkerd.io/inject'],
  ])('of a %s: %s', (kind, key) => {
    const once = kept(kind, key, SECRET);
    expect(once).toMatch(HASH);
    expect(kept(kind, key, String(once))).toBe(once);
  });

  it('but for what it is of: a profile of AppArmor that is on the node, a name that this project wrote', () => {
    const key = 'container.apparmor.security.beta.kubernetes.io/a';
    const once = String(kept('Pod', key, `localhost/${SECRET}`));
    expect(once.slice('localhost/'.length)).toMatch(HASH);
    expect(kept('Pod', key, once)).toBe(once);
    const long = 'gvisor-'.repeat(20);
    expect(kept('Pod', 'cofferdam.dev/injected-runtime-class', long)).toBe(long);
  });
});

it('words of a command line are as many as before, and empty, but for a program that a signal looks for', () => {
  const container = {
    command: ['/usr/bin/pilot/istio-iptables', '--token=secret'],
    args: ['secret', 3, 'proxy-init'],
  };
  const pod = reduced({ spec: { initContainers: [container] } }, POD);
  expect(pod).toEqual({
    spec: { initContainers: [{ command: ['istio-iptables', ''], args: ['', '', 'proxy-init'] }] },
  });
});
