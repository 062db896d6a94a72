{{/*
Names are fixed, not made from the release's: a cluster has one Cofferdam, and its cluster-scoped objects are known by name
to the program, to RBAC and to the locks.
*/}}

{{- define "cofferdam.selectorLabels" -}}
app.kubernetes.io/name: cofferdam
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: webhook
{{- end }}

{{/* The labels of every object except those that the program creates. */}}
{{- define "cofferdam.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/name: cofferdam
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: cofferdam
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "cofferdam.image" -}}
{{- $repository := required "image.repository is empty: build the image (see README.md) and say where your nodes pull it from" .repository -}}
{{- $repository -}}
{{- if or .tag (not .digest) }}:{{ .tag | default .default }}{{ end -}}
{{- with .digest }}@{{ . }}{{ end -}}
{{- end }}

{{/* A security context within Restricted, without anything to write to. */}}
{{- define "cofferdam.podSecurityContext" -}}
runAsNonRoot: true
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "cofferdam.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop:
    - ALL
{{- end }}

{{/*
The token for the API server, mounted only in containers that need it, where client libraries look for it. It is what
automountServiceAccountToken would mount.
*/}}
{{- define "cofferdam.apiAccessVolume" -}}
- name: api-access
  projected:
    defaultMode: 0444
    sources:
      - serviceAccountToken:
          path: token
          expirationSeconds: 3607
      - configMap:
          name: kube-root-ca.crt
          items:
            - key: ca.crt
              path: ca.crt
      - downwardAPI:
          items:
            - path: namespace
              fieldRef:
                fieldPath: metadata.namespace
{{- end }}

{{- define "cofferdam.apiAccessMount" -}}
- name: api-access
  mountPath: /var/run/secrets/kubernetes.io/serviceaccount
  readOnly: true
{{- end }}

{{/* Namespaces that the API server never asks about. */}}
{{- define "cofferdam.outOfScope" -}}
{{- $own := list "kube-system" "kube-public" "kube-node-lease" .Release.Namespace -}}
{{- concat $own (.Values.excludedNamespaces | default list) | uniq | toYaml -}}
{{- end }}

{{- define "cofferdam.tlsSecret" -}}
{{- if .Values.tls.certManager.enabled }}cofferdam-tls{{ else }}{{ .Values.tls.secretName }}{{ end -}}
{{- end }}

{{/* Whether a cluster is at hand while this is rendered; otherwise, `lookup` finds nothing. */}}
{{- define "cofferdam.connected" -}}
{{- if lookup "v1" "Namespace" "" "kube-system" }}true{{ end -}}
{{- end }}

{{/* A Pod of `helm test`. It stays, with its log, until the next test. */}}
{{- define "cofferdam.testPod" }}
apiVersion: v1
kind: Pod
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "cofferdam.labels" .root | nindent 4 }}
    app.kubernetes.io/component: test
  annotations:
    helm.sh/hook: test
    helm.sh/hook-delete-policy: before-hook-creation
spec:
  serviceAccountName: {{ .name }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  restartPolicy: Never
  {{- with .root.Values.image.pullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .root.Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .root.Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .root.Values.runtimeClassName }}
  runtimeClassName: {{ . }}
  {{- end }}
  securityContext:
    {{- include "cofferdam.podSecurityContext" . | nindent 4 }}
  containers:
    - name: cofferdam
      image: {{ include "cofferdam.image" (merge (dict "default" .root.Chart.AppVersion) .root.Values.image) }}
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      args:
        {{- toYaml .args | nindent 8 }}
      resources:
        {{- toYaml .root.Values.resources | nindent 8 }}
      securityContext:
        {{- include "cofferdam.containerSecurityContext" . | nindent 8 }}
      volumeMounts:
        {{- include "cofferdam.apiAccessMount" . | nindent 8 }}
  volumes:
    {{- include "cofferdam.apiAccessVolume" . | nindent 4 }}
{{- end }}
