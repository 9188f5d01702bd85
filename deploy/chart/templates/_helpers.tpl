{{/* An image of ours: registry/name:tag. */}}
{{- define "ebb.image" -}}
{{- $registry := .root.Values.image.registry -}}
{{- if $registry }}{{ trimSuffix "/" $registry }}/{{ end }}{{ .name }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end -}}

{{/* A ConfigMap is no place for a secret, nor is a Deployment. Names count in any case, as the programs read them. */}}
{{- define "ebb.refuseSecrets" -}}
{{- $path := .path }}
{{- range $name, $value := .settings }}
{{- $lower := lower $name | replace ":" "__" }}
{{- $text := toString $value }}
{{- $user := and (or (hasPrefix "power__sources" $lower) (hasPrefix "otel_" $lower)) (contains "@" $text) }}
{{- $signed := and (eq $lower "archive__endpoint") (regexMatch "(?i)[?&]sig=" $text) }}
{{- $headers := and (hasPrefix "otel_" $lower) (hasSuffix "_headers" $lower) }}
{{- $whole := or (eq $lower "archive__connection") (hasPrefix "keys__" $lower) (hasPrefix "alerts__webhooks" $lower) }}
{{- if or $user $signed $headers $whole }}
{{- fail (printf "%ssettings.%s: expected no secret here, found one: put it into a Secret and name that in %ssettingsFromSecrets" $path $name $path) }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Labels of every object. */}}
{{- define "ebb.labels" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/part-of: ebb
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* Of the operator, and of the release of everything, which needs no keys and no UPS: a Secret that is gone must not keep it from starting. */}}
{{- define "ebb.operatorEnv" -}}
{{- $namespace := .root.Release.Namespace -}}
{{- $values := .root.Values -}}
- {name: Cluster__Mode, value: incluster}
- {name: State__Namespace, value: {{ $namespace }}}
- {name: Ebb__SelfNamespace, value: {{ $namespace }}}
- {name: Ebb__SelfName, value: ebb-operator}
- {name: Power__Enabled, value: {{ $values.capabilities.power | quote }}}
- {name: Schedules__Enabled, value: {{ $values.capabilities.schedules | quote }}}
{{- if $values.capabilities.capacity }}
- {name: Capacity__Scaler, value: "http://ebb-scaler.{{ $namespace }}:8080"}
{{- end }}
{{- if not .releases }}
- {name: Keys__View, valueFrom: {secretKeyRef: {name: {{ $values.keysSecret }}, key: view}}}
- {name: Keys__Control, valueFrom: {secretKeyRef: {name: {{ $values.keysSecret }}, key: control}}}
{{- end }}
{{- $optional := ternary ", optional: true" "" .releases }}
{{- range $name, $from := $values.settingsFromSecrets }}
- {name: {{ $name }}, valueFrom: {secretKeyRef: {name: {{ $from.name }}, key: {{ $from.key }}{{ $optional }}}}}
{{- end }}
{{- end -}}

{{- define "ebb.containerSecurity" -}}
{allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
{{- end -}}

{{- define "ebb.podSecurity" -}}
{runAsNonRoot: true, runAsUser: 1654, seccompProfile: {type: RuntimeDefault}}
{{- end -}}

{{/* Where the pods of one part go. */}}
{{- define "ebb.placement" -}}
{{- $part := .part }}
{{- with $part.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with $part.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- $tolerations := $part.tolerations | default list }}
{{- /* A cordoned node must take Ebb, and the release of everything, since nobody else uncordons it. */}}
{{- if and .root.Values.capabilities.nodes (has .name (list "ebb-operator" "ebb-release")) }}
{{- $tolerations = append $tolerations (dict "key" "node.kubernetes.io/unschedulable" "operator" "Exists" "effect" "NoSchedule") }}
{{- end }}
{{- with $tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $part.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- if .root.Values.topologySpread.enabled }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: {{ .root.Values.topologySpread.topologyKey }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector: {matchLabels: {app.kubernetes.io/name: {{ .name }}}}
{{- end }}
{{- end -}}
