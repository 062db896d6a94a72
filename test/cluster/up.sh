#!/bin/bash
# Starts a real Kubernetes of one node with runc and gVisor, as processes of this machine, without Docker. Needs root, Go
# (to build it, once) and, for what Debian packages are missing, apt-get.
#   eval "$(test/cluster/up.sh)"     sets KUBECONFIG, and PATH for kubectl and helm; CLUSTER_STARTED=yes if this call started it
#   KUBERNETES=1.30                  of the oldest version that is supported as a whole: control plane, node and kubectl
# Does nothing when it runs already as these scripts describe it; otherwise it starts from nothing, whatever is left of an
# earlier run. down.sh ends it.
set -uo pipefail
. "$(dirname "$0")/lib.sh"

ADDRESS=10.200.0.1 # of the API server and of the node
API_PORT=6443
# These are not etcd's usual ports: a package may have started an etcd of its own there.
ETCD_URL=http://127.0.0.1:12379
ETCD_PEER_URL=http://127.0.0.1:12380
EXPORTS=$CLUSTER_DIR/../golden/export
. "$CLUSTER_DIR/control-plane.sh"

PACKAGES=(etcd:etcd-server runc:runc /usr/lib/cni/host-local:containernetworking-plugins iptables:iptables
  conntrack:conntrack openssl:openssl ip:iproute2)

# Hash of all that the running cluster is made from, but for images: those are loaded while it runs.
stamp() {
  local module
  {
    for module in "${MODULES[@]}"; do programs_of "$module"; done
    cat "$CLUSTER_DIR"/{lib,control-plane,up}.sh "$CLUSTER_DIR"/config/* "$EXPORTS"/gvisor-*
  } | sha256sum
}

is_up() {
  local name
  [[ $(cat "$STATE/made-from" 2>/dev/null) == "$(stamp)" ]] || return 1
  for name in etcd kube-apiserver kube-controller-manager kube-scheduler containerd kubelet kube-proxy; do
    pid_of "$name" >/dev/null || return 1
  done
  openssl x509 -in "$PKI/ca.crt" -noout -checkend 86400 >/dev/null 2>&1 && node_is_ready
}

node_is_ready() {
  local condition='{.status.conditions[?(@.type=="Ready")].status}'
  [[ $(kubectl --kubeconfig "$KUBECONFIG_FILE" --request-timeout 5s get node node1 -o jsonpath="$condition" 2>/dev/null) == True ]]
}

make_node_address() {
  {
    ip link add "$NODE_BRIDGE" type bridge
    ip address add "$ADDRESS/32" dev "$NODE_BRIDGE"
    ip link set "$NODE_BRIDGE" up
  } || die "the interface $NODE_BRIDGE could not be made"
}

# config/NAME with the paths of this run
write_config() {
  sed -e "s|@STATE@|$STATE|g" -e "s|@PKI@|$PKI|g" -e "s|@NODE_IP@|$ADDRESS|g" -e "s|@POD_BRIDGE@|$POD_BRIDGE|g" \
    "$CLUSTER_DIR/config/$1" >"$2"
}

# What `cofferdam export` writes for gVisor: every test of a sandbox tests that too.
write_exports() {
  mkdir -p "$STATE/containerd/conf.d"
  sed "s|/etc/containerd/runsc.toml|$STATE/containerd/runsc.toml|" "$EXPORTS/gvisor-containerd-3.toml" \
    >"$STATE/containerd/conf.d/gvisor.toml"
  cp "$EXPORTS/gvisor-runsc.toml" "$STATE/containerd/runsc.toml"
}

# shellcheck disable=SC2119  # etcd and the controllers need no arguments of their own here
start_control_plane() {
  say 'starting etcd and the API server'
  kubeconfig scheduler /CN=system:kube-scheduler
  kubeconfig kubelet /O=system:nodes/CN=system:node:node1
  start_etcd
  start_apiserver --bind-address=0.0.0.0 --advertise-address="$ADDRESS" --authorization-mode=Node,RBAC \
    --enable-admission-plugins=NodeRestriction --enable-aggregator-routing=true --kubelet-certificate-authority="$PKI/ca.crt" \
    --kubelet-client-certificate="$PKI/admin.crt" --kubelet-client-key="$PKI/admin.key" \
    --kubelet-preferred-address-types=InternalIP
  start_controllers
  start kube-scheduler kube-scheduler --kubeconfig="$STATE/scheduler.kubeconfig" --leader-elect=false \
    --bind-address=127.0.0.1
}

start_node() {
  say 'starting containerd, the kubelet and kube-proxy'
  write_config containerd.toml "$STATE/containerd/config.toml"
  write_exports
  write_config cni.conflist "$STATE/cni/10-cofferdam.conflist"
  write_config kubelet.yaml "$STATE/kubelet.yaml"
  write_config kube-proxy.yaml "$STATE/kube-proxy.yaml"
  start containerd containerd -c "$STATE/containerd/config.toml"
  wait_for 30 containerd ctr_here version
  "$CLUSTER_DIR/load.sh" busybox pause || exit 1
  start kubelet kubelet --config="$STATE/kubelet.yaml" --kubeconfig="$STATE/kubelet.kubeconfig" \
    --hostname-override=node1 --node-ip="$ADDRESS" --root-dir="$STATE/kubelet"
  start kube-proxy kube-proxy --config "$STATE/kube-proxy.yaml" --hostname-override=node1
  wait_for 60 kubelet node_is_ready
  # A Pod needs it, and the controller that makes it may lag behind the node.
  wait_for 30 kube-controller-manager kubectl --kubeconfig "$KUBECONFIG_FILE" get serviceaccount default
}

((EUID == 0)) || die 'root is needed to run containers (or set KUBECONFIG to use another cluster)'
install_packages "${PACKAGES[@]}"
"$CLUSTER_DIR/build.sh" || die 'the programs could not be built'
use_programs
lock
started=no
if is_up; then
  say 'the cluster is up'
  "$CLUSTER_DIR/load.sh" busybox pause || exit 1
else
  stop_cluster
  require_free "$API_PORT" "${ETCD_URL##*:}" 10250
  mkdir -p "$PKI" "$LOGS" "$STATE"/{run,etcd,containerd,cni,kubelet}
  make_credentials
  make_node_address
  start_control_plane
  start_node
  stamp >"$STATE/made-from"
  started=yes
  say 'the cluster is up'
fi
cat <<SHELL
export KUBECONFIG=$KUBECONFIG_FILE
export PATH="$(programs_of "$KUBE"):$(programs_of helm):\$PATH"
${KUBERNETES:+export KUBERNETES=$KUBERNETES}
CLUSTER_STARTED=$started
SHELL
