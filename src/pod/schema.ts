/** The JSON Schema of what is read of a Pod. Absent and null mean the same; fields that nobody reads are not checked. */
type Schema = Readonly<Record<string, unknown>>;

const string: Schema = { type: ['string', 'null'] };
const bool: Schema = { type: ['boolean', 'null'] };
const integer: Schema = { type: ['integer', 'null'] };
/** A port or a resource quantity: a number or its string. */
const intOrString: Schema = { type: ['integer', 'string', 'null'] };
const quantity: Schema = { type: ['number', 'string', 'null'] };
const present: Schema = { type: ['object', 'null'] };

const object = (properties: Record<string, Schema>, required: readonly string[] = []): Schema => ({
  type: ['object', 'null'],
  properties,
  required,
});
/** An item of a list, or a required field, which may not be null. */
const some = (schema: Schema): Schema => ({
  ...schema,
  type: (schema.type as readonly string[]).filter(type => type !== 'null'),
});
const list = (items: Schema): Schema => ({ type: ['array', 'null'], items: some(items) });
const map = (values: Schema): Schema => ({ type: ['object', 'null'], additionalProperties: values });

/** A null value is the empty string, as Go decodes it. */
const stringMap = map(string);
const seccompProfile = object({ type: string, localhostProfile: string });
const seLinuxOptions = object({ user: string, role: string, type: string, level: string });
const windowsOptions = object({ hostProcess: bool });

/** The fields that a Pod's and a container's securityContext share. */
const security = {
  runAsNonRoot: bool,
  runAsUser: integer,
  seccompProfile,
  appArmorProfile: seccompProfile,
  seLinuxOptions,
  windowsOptions,
};

const containerSecurity = object({
  ...security,
  privileged: bool,
  allowPrivilegeEscalation: bool,
  capabilities: object({ add: list(string), drop: list(string) }),
  procMount: string,
  cgroupOptions: object({ mountMode: string }),
});

const podSecurity = object({ ...security, sysctls: list(object({ name: string, value: string })) });

const handler = object({
  exec: object({ command: list(string) }),
  httpGet: object({ host: string, port: intOrString }),
  tcpSocket: object({ host: string, port: intOrString }),
});

const container = object(
  {
    name: some(string),
    image: string,
    command: list(string),
    args: list(string),
    restartPolicy: string,
    securityContext: containerSecurity,
    ports: list(object({ containerPort: integer, hostPort: integer, hostIP: string, name: string })),
    volumeMounts: list(
      object({
        name: string,
        mountPath: string,
        subPath: string,
        subPathExpr: string,
        readOnly: bool,
        recursiveReadOnly: string,
        mountPropagation: string,
      }),
    ),
    volumeDevices: list(object({ name: string, devicePath: string })),
    livenessProbe: handler,
    readinessProbe: handler,
    startupProbe: handler,
    lifecycle: object({ postStart: handler, preStop: handler }),
    resources: object({
      limits: map(quantity),
      requests: map(quantity),
      claims: list(object({ name: string, request: string })),
    }),
  },
  ['name'],
);

const volume = {
  ...object({
    name: string,
    hostPath: object({ path: string, type: string }),
    emptyDir: object({ medium: string }),
    persistentVolumeClaim: object({ claimName: string }),
    projected: object({ sources: list(object({ serviceAccountToken: present })) }),
    image: object({ reference: string }),
    csi: object({ driver: string }),
  }),
  // Every other source is an object whose kind is its key.
  additionalProperties: present,
};

const selectorTerm = object({
  key: some(string),
  operator: some(string),
  values: list(string),
});
const nodeSelectorTerm = object({ matchExpressions: list(selectorTerm), matchFields: list(selectorTerm) });

export const podSchema: Schema = some(
  object(
    {
      apiVersion: string,
      kind: string,
      metadata: object({
        name: string,
        generateName: string,
        namespace: string,
        labels: stringMap,
        annotations: stringMap,
        deletionTimestamp: string,
        ownerReferences: list(object({ kind: string, name: string })),
      }),
      spec: some(
        object(
          {
            containers: { ...some(list(container)), minItems: 1 },
            initContainers: list(container),
            ephemeralContainers: list(container),
            volumes: list(volume),
            securityContext: podSecurity,
            hostNetwork: bool,
            hostPID: bool,
            hostIPC: bool,
            hostUsers: bool,
            shareProcessNamespace: bool,
            automountServiceAccountToken: bool,
            serviceAccountName: string,
            serviceAccount: string,
            runtimeClassName: string,
            nodeName: string,
            nodeSelector: stringMap,
            os: object({ name: string }),
            resources: object({ limits: map(quantity), requests: map(quantity) }),
            resourceClaims: list(object({ name: string })),
            overhead: map(quantity),
            tolerations: list(
              object({
                key: string,
                operator: string,
                value: string,
                effect: string,
                tolerationSeconds: integer,
              }),
            ),
            affinity: object({
              nodeAffinity: object({
                requiredDuringSchedulingIgnoredDuringExecution: object({
                  nodeSelectorTerms: list(nodeSelectorTerm),
                }),
              }),
            }),
          },
          ['containers'],
        ),
      ),
    },
    ['spec'],
  ),
);
