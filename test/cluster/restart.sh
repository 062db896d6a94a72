#!/bin/bash
# Restarts the whole control plane of the cluster that up.sh started, with what etcd kept. The node and its Pods run on.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

CONTROL_PLANE=(etcd kube-apiserver kube-controller-manager kube-scheduler)

api_is_ready() { kubectl --kubeconfig "$KUBECONFIG_FILE" get --raw /readyz; }

use_programs
lock
commands=$(mktemp -d)
trap 'rm -rf "$commands"' EXIT
for name in "${CONTROL_PLANE[@]}"; do
  pid=$(pid_of "$name") || die "$name does not run: start the cluster with up.sh"
  cp "/proc/$pid/cmdline" "$commands/$name"
done
say 'stopping the control plane'
for ((i = ${#CONTROL_PLANE[@]} - 1; i >= 0; i--)); do stop "${CONTROL_PLANE[i]}"; done
for name in "${CONTROL_PLANE[@]}"; do
  mapfile -d '' -t command <"$commands/$name"
  start "$name" "${command[@]}"
done
wait_for 60 kube-apiserver api_is_ready
say 'the control plane is up'
