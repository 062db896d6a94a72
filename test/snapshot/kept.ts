/*
Each text of a Pod is either gone from a snapshot, or has a reason here why it may stay: it is nothing that anybody would
keep a secret in. A version of Kubernetes that brings a field changes nothing: what is on no list is gone.

Containers of every kind have their fields under `container`, probes of every kind under `probe`, hooks under `hook`.
`x.*` is all that is below x.
*/
export const KEPT: Readonly<Record<string, readonly string[]>> = {
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
export const normal = (path: string): string =>
  path
    .replace(/^spec\./, '')
    .replaceAll(/\[\]/g, '')
    .replace(/^(initContainers|ephemeralContainers|containers)(?=\.|$)/, 'container')
    .replace(/^container\.(liveness|readiness|startup)Probe(?=\.|$)/, 'container.probe')
    .replace(/^container\.lifecycle\.(postStart|preStop)(?=\.|$)/, 'container.hook');

export const matches = (pattern: string, field: string): boolean =>
  pattern.endsWith('.*') ? field.startsWith(pattern.slice(0, -1)) : pattern === field;
