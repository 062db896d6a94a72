#!/bin/bash
# A control plane alone: etcd, the API server and the controller manager, without nodes, beside whatever else runs. For
# tests of scale, and for those that kill it.
#   eval "$(test/cluster/control.sh up)"   starts what of it does not run, on the data that it had; sets KUBECONFIG, PATH,
#                                          and CONTROL, the folder with its data, logs and, in run/*.pid, its pids
#   test/cluster/control.sh stop           ends it and keeps its data: etcd's is in $CONTROL/etcd
#   test/cluster/control.sh down           ends it and removes its data but the logs
# KUBERNETES=1.30 is for the oldest version that is supported as a whole.
# ETCD_ARGS, APISERVER_ARGS, KCM_ARGS are added to the programs' arguments; ETCD_DATA is a copy of etcd's data to begin with,
# where there is none yet.
set -uo pipefail
# Each version has its own: an older one does not read what a newer one stored.
STATE=${TEST_COFFERDAM_CONTROL_STATE:-/var/lib/cofferdam-control${KUBERNETES:+-$KUBERNETES}}
TEST_COFFERDAM_CLUSTER_STATE=$STATE
. "$(dirname "$0")/lib.sh"
ADDRESS=127.0.0.1
API_PORT=16443
ETCD_URL=http://127.0.0.1:22379
ETCD_PEER_URL=http://127.0.0.1:22380
. "$CLUSTER_DIR/control-plane.sh"

# Split at spaces, as arguments without spaces are.
read -r -a etcd_args <<<"${ETCD_ARGS:-}"
read -r -a apiserver_args <<<"${APISERVER_ARGS:-}"
read -r -a kcm_args <<<"${KCM_ARGS:-}"

up() {
  install_packages etcd:etcd-server openssl:openssl
  "$CLUSTER_DIR/build.sh" "$KUBE" || die 'the programs could not be built'
  PATH=$(programs_of "$KUBE"):$PATH
  mkdir -p "$PKI" "$LOGS" "$STATE/run" || die "cannot write to $STATE: set TEST_COFFERDAM_CONTROL_STATE"
  [[ -f $STATE/controllers.kubeconfig ]] || make_credentials
  if ! pid_of etcd >/dev/null; then
    [[ -z ${ETCD_DATA:-} || -d $STATE/etcd ]] || cp -r "$ETCD_DATA" "$STATE/etcd" || die "no etcd data in $ETCD_DATA"
    require_free "${ETCD_URL##*:}"
    start_etcd "${etcd_args[@]}"
  fi
  if ! pid_of kube-apiserver >/dev/null; then
    require_free "$API_PORT"
    # No kubelet asks for anything, and its authorizer would take half of the time that creating thousands of Pods takes.
    # An address to advertise is looked for otherwise, which fails in a network without a way out (apart.sh).
    start_apiserver --bind-address="$ADDRESS" --advertise-address="$ADDRESS" --endpoint-reconciler-type=none \
      --authorization-mode=RBAC "${apiserver_args[@]}"
  fi
  pid_of kube-controller-manager >/dev/null || start_controllers --secure-port=0 "${kcm_args[@]}"
  say 'the control plane is up'
  cat <<SHELL
export KUBECONFIG=$KUBECONFIG_FILE
export PATH="$(programs_of "$KUBE"):\$PATH"
export CONTROL=$STATE
SHELL
}

stop_all() {
  local name
  for name in kube-controller-manager kube-apiserver etcd; do stop "$name"; done
}

down() {
  [[ -d $STATE/run ]] || return 0
  stop_all
  find "$STATE" -mindepth 1 -maxdepth 1 ! -path "$LOGS" -exec rm -rf {} +
  say "stopped; logs are in $LOGS"
}

lock
case ${1:-} in
  up) up ;;
  stop) stop_all ;;
  down) down ;;
  *) die 'usage: control.sh up|stop|down' ;;
esac
