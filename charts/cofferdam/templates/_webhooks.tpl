{{/*
The entries of one webhook configuration: one for each mode, selected by the namespace's label, with the mode in the path, so
that no look-up is needed, and one for namespaces without the label. Takes root, path, suffix (of the name), rules, conditions,
failClosed, reinvoke, leaves (a mode without entries).
*/}}
{{- define "cofferdam.webhookEntries" -}}
{{- $modes := list "audit" "warn" "inject" "enforce" -}}
{{- range append $modes "unlabelled" }}
{{- $mode := ternary $.root.Values.defaultMode . (eq . "unlabelled") }}
{{- if or (not $.leaves) (ne $.leaves $mode) }}
- name: {{ . }}.{{ $.suffix }}.cofferdam.dev
  admissionReviewVersions:
    - v1
  clientConfig:
    service:
      name: cofferdam
      namespace: {{ $.root.Release.Namespace }}
      path: /{{ $.path }}/{{ $mode }}
      port: 443
    {{- with $.root.Values.tls.caBundle }}
    caBundle: {{ . }}
    {{- end }}
  failurePolicy: {{ and $.failClosed (eq $mode "enforce") | ternary "Fail" "Ignore" }}
  matchPolicy: Equivalent
  {{- if and $.conditions (not (include "cofferdam.dropsConditions" $.root)) }}
  matchConditions:
    {{- $.conditions | nindent 4 }}
  {{- end }}
  namespaceSelector:
    matchExpressions:
      {{- if eq . "unlabelled" }}
      - key: cofferdam.dev/mode
        operator: DoesNotExist
      {{- if eq $mode "off" }}
      # This selects no namespace. The entry stays, with the caBundle that cert-manager wrote into it: an entry that an upgrade
      # adds would be without one for a moment.
      - key: cofferdam.dev/mode
        operator: Exists
      {{- end }}
      {{- else if eq . "enforce" }}
      # An invalid mode means enforce, so this entry covers every value that belongs neither to another entry nor to off.
      - key: cofferdam.dev/mode
        operator: Exists
      - key: cofferdam.dev/mode
        operator: NotIn
        values: {{ without (prepend $modes "off") "enforce" | toJson }}
      {{- else }}
      - key: cofferdam.dev/mode
        operator: In
        values: [{{ . }}]
      {{- end }}
      - key: kubernetes.io/metadata.name
        operator: NotIn
        values:
          {{- include "cofferdam.outOfScope" $.root | nindent 10 }}
  {{- if $.reinvoke }}
  reinvocationPolicy: IfNeeded
  {{- end }}
  rules:
    {{- $.rules | nindent 4 }}
  sideEffects: None
  timeoutSeconds: {{ $.root.Values.webhooks.timeoutSeconds }}
{{- end }}
{{- end }}
{{- end }}

{{- define "cofferdam.webhookMetadata" -}}
# Mutating webhooks are called in the order of their names, so one call sees what others add. Nothing relies on that.
name: zz-cofferdam
labels:
  {{- include "cofferdam.labels" . | nindent 2 }}
{{- $annotations := .Values.webhooks.annotations }}
{{- if .Values.tls.certManager.enabled }}
{{- $annotations = merge (dict "cert-manager.io/inject-ca-from" (printf "%s/cofferdam" .Release.Namespace)) $annotations }}
{{- end }}
{{- with $annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/*
The cainjector of a cert-manager before 1.12 does not know matchConditions: it would drop them when it writes the bundle, which
the lock would refuse. They save calls, and nothing depends on them.
*/}}
{{- define "cofferdam.dropsConditions" -}}
{{- if .Values.tls.certManager.enabled -}}
{{- with lookup "apiextensions.k8s.io/v1" "CustomResourceDefinition" "" "certificates.cert-manager.io" -}}
{{- $version := get (.metadata.labels | default dict) "app.kubernetes.io/version" -}}
{{- if and $version (semverCompare "<1.12.0-0" $version) }}true{{ end -}}
{{- end -}}
{{- end -}}
{{- end }}
