import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A Deployment like those of charts: 1.4 KB, admitted. */
const deployment = (i: number): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web-${i}
  namespace: team-${i % 20}
  labels:
    app.kubernetes.io/name: web-${i}
    app.kubernetes.io/part-of: shop
spec:
  replicas: 2
  selector:
    matchLabels:
      app.kubernetes.io/name: web-${i}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: web-${i}
        app.kubernetes.io/part-of: shop
      annotations:
        prometheus.io/scrape: "true"
    spec:
      serviceAccountName: web
      securityContext:
        runAsNonRoot: true
        seccompProfile:
          type: RuntimeDefault
      containers:
        - name: web
          image: registry.example.com/shop/web:1.${i % 50}.0
          args: ["--port=8080", "--log=json"]
          ports:
            - name: http
              containerPort: 8080
          env:
            - name: DATABASE_URL
              valueFrom:
                secretKeyRef:
                  name: db
                  key: url
          resources:
            requests:
              cpu: 100m
              memory: 128Mi
            limits:
              memory: 256Mi
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: ["ALL"]
          livenessProbe:
            httpGet:
              path: /healthz
              port: http
          volumeMounts:
            - name: tmp
              mountPath: /tmp
      volumes:
        - name: tmp
          emptyDir: {}
`;

const service = (i: number): string => `apiVersion: v1
kind: Service
metadata:
  name: web-${i}
  namespace: team-${i % 20}
spec:
  selector:
    app.kubernetes.io/name: web-${i}
  ports:
    - name: http
      port: 80
      targetPort: http
`;

const configMap = (i: number): string => `apiVersion: v1
kind: ConfigMap
metadata:
  name: web-${i}
  namespace: team-${i % 20}
data:
  app.properties: |
    port=8080
    kind: Deployment
    timeout=30s
  LOG_LEVEL: "info"
`;

const role = (i: number): string => `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: web-${i}
  namespace: team-${i % 20}
rules:
  - apiGroups: [""]
    resources: ["configmaps"]
    verbs: ["get", "list", "watch"]
`;

const serviceAccount = (i: number): string => `apiVersion: v1
kind: ServiceAccount
metadata:
  name: web-${i}
  namespace: team-${i % 20}
`;

/** A definition like those that controller-gen writes. */
function definition(i: number): string {
  const field = (name: string): string => `                ${name}:
                  description: |-
                    ${name} is what the controller takes for the ${name} of each object, unless
                    another one is given: see the documentation.

                    More info: https://example.com/docs/${name}
                  properties:
                    name:
                      default: ""
                      description: 'Name of the referent, as the object''s own: it
                        has to be in its namespace.'
                      type: string
                    items:
                      items:
                        format: int32
                        type: integer
                      type: array
                      x-kubernetes-list-type: atomic
                  required:
                  - name
                  type: object
`;
  return `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  annotations:
    controller-gen.kubebuilder.io/version: v0.17.0
  name: things${i}.example.com
spec:
  group: example.com
  names:
    kind: Thing${i}
    plural: things${i}
  scope: Namespaced
  versions:
  - name: v1
    schema:
      openAPIV3Schema:
        properties:
          spec:
            properties:
${Array.from({ length: 60 }, (_, n) => field(`field${n}`)).join('')}            type: object
        type: object
    served: true
    storage: true
`;
}

/** The place of a set of manifests, and its size. */
export interface Manifests {
  readonly folder: string;
  readonly bytes: number;
}

function write(folder: string, texts: Iterable<string>): Manifests {
  mkdirSync(folder);
  let bytes = 0;
  let i = 0;
  for (const text of texts) {
    writeFileSync(join(folder, `${String(i++).padStart(4, '0')}.yaml`), text);
    bytes += text.length;
  }
  return { folder, bytes };
}

const times = function* (count: number, make: (i: number) => string): Iterable<string> {
  for (let i = 0; i < count; i++) yield make(i);
};

/** Writes files, each with a Deployment and a Service. */
export const filesOf = (folder: string, count: number): Manifests =>
  write(
    folder,
    times(count, i => `${deployment(i)}---\n${service(i)}`),
  );

/** Writes CustomResourceDefinitions of 50 KB. */
export const definitionsOf = (folder: string, bytes: number): Manifests =>
  write(folder, times(Math.ceil(bytes / definition(0).length), definition));

/** Writes documents, a thousand in a file, of which one in five is a Deployment. */
export const documentsOf = (folder: string, count: number): Manifests =>
  write(
    folder,
    times(count / 1000, file =>
      [
        ...times(200, i => apart([deployment, service, configMap, role, serviceAccount], file * 200 + i)),
      ].join('---\n'),
    ),
  );

const apart = (kinds: readonly ((i: number) => string)[], i: number): string =>
  kinds.map(make => make(i)).join('---\n');
