# shellcheck shell=bash disable=SC2034  # what the other scripts use
# What the scripts share: places, progress, and processes that are known by pid and start time.

CLUSTER_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# Built programs and images: outside the checkout, so that they outlive it.
CACHE=${TEST_COFFERDAM_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/cofferdam}/cluster
# State of the running cluster: a short path, since containerd's sockets lie in it and 108 bytes are the limit.
STATE=${TEST_COFFERDAM_CLUSTER_STATE:-/var/lib/cofferdam-cluster}
LOGS=$STATE/log
KUBECONFIG_FILE=$STATE/admin.kubeconfig
CONTAINERD_SOCKET=$STATE/containerd/containerd.sock

# The Kubernetes of the control plane and of the node, which may not be newer (https://kubernetes.io/releases/version-skew-policy):
# that of modules/kube, or of modules/kube-$KUBERNETES.
KUBE=kube${KUBERNETES:+-$KUBERNETES}
# What the cluster is made of: up.sh starts it anew when one of these has changed.
MODULES=("$KUBE" gvisor containerd)
# What comes with it on PATH. Further modules: certmanager is built when certmanager.sh is run, gatekeeper for
# npm run bench:cluster where it is asked for.
TOOLS=(helm)
NODE_BRIDGE=cofferdam-node # holds the node's address
POD_BRIDGE=cofferdam-pods  # the CNI plugin makes it

STARTED_AT=$SECONDS
say() { printf '%4ds  %s\n' $((SECONDS - STARTED_AT)) "$*" >&2; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

[[ -d $CLUSTER_DIR/modules/$KUBE ]] || die "there is no test/cluster/modules/$KUBE: KUBERNETES is 1.30, or not set"

# install_packages PROGRAM:PACKAGE…: the Debian packages whose programs are missing.
install_packages() {
  local pair missing=()
  for pair in "$@"; do
    command -v "${pair%:*}" >/dev/null || missing+=("${pair#*:}")
  done
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null || die "these Debian packages, or their like, are needed: ${missing[*]}"
  say "installing ${missing[*]}"
  # RUNLEVEL=1 keeps apt-get from starting the services that come with them.
  { apt-get update -qq && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >/dev/null ||
    die "apt-get could not install ${missing[*]}"
}

# Folder of a module's programs. The name carries a hash of all that goes into them, so any change rebuilds.
programs_of() {
  local module=$1 inputs
  inputs=$(cd "$CLUSTER_DIR" && {
    sha256sum build.sh modules/"$module"/*
    go env GOVERSION GOOS GOARCH
  }) || die "Go is needed to build the cluster's programs (https://go.dev/dl); a newer toolchain is fetched by itself"
  printf '%s/%s-%s\n' "$CACHE" "$module" "$(sha256sum <<<"$inputs" | cut -c1-12)"
}

# Puts the programs of every module first on PATH.
use_programs() {
  local module
  for module in "${MODULES[@]}" "${TOOLS[@]}"; do
    PATH=$(programs_of "$module"):$PATH || exit 1
  done
  export PATH
}

# Held until the script ends, so that two runs do not start or stop the cluster at once.
lock() {
  exec 9>"/run/lock/${STATE##*/}.lock"
  flock -n 9 || {
    say 'waiting for another of these scripts'
    flock 9
  }
}

# start NAME COMMAND…: runs it apart from this terminal (a Ctrl-C here does not reach it). The process itself writes its
# pid and start time before it becomes the command: there is no moment at which it runs and is not known.
start() {
  local name=$1
  shift
  # shellcheck disable=SC2016  # expanded by the inner shell
  setsid bash -c 'read -r -a stat </proc/$$/stat; echo "$$ ${stat[21]}" >"$0"; exec "$@"' \
    "$STATE/run/$name.pid" "$@" </dev/null >"$LOGS/$name.log" 2>&1 9>&- &
}

# Pid of a process that start() started and that still runs: a pid that was used again has another start time.
pid_of() {
  local pid started stat fields
  read -r pid started 2>/dev/null <"$STATE/run/$1.pid" || return 1
  stat=$(cat "/proc/$pid/stat" 2>/dev/null) || return 1
  read -r -a fields <<<"${stat##*) }" # proc(5): the name in brackets may hold spaces; state is field 3, start time 22
  [[ ${fields[0]} != Z && ${fields[19]} == "$started" ]] && echo "$pid"
}

# stop NAME: SIGTERM, and SIGKILL after five seconds.
stop() {
  local name=$1 pid tries
  for ((tries = 0; tries < 50; tries++)); do
    pid=$(pid_of "$name") || break
    ((tries == 0)) && kill "$pid" 2>/dev/null
    sleep 0.1
  done
  pid=$(pid_of "$name") && kill -9 "$pid" 2>/dev/null
  rm -f "$STATE/run/$name.pid"
}

# wait_for SECONDS NAME COMMAND…: until the command succeeds; ends early, with the log's end, when process NAME dies.
wait_for() {
  local seconds=$1 name=$2 deadline=$((SECONDS + $1)) reason=''
  shift 2
  until "$@" >/dev/null 2>&1; do
    ((SECONDS > deadline)) && reason="$name was not ready after $seconds s"
    sleep 0.2
    pid_of "$name" >/dev/null || reason="$name has ended"
    [[ -z $reason ]] && continue
    tail -n 20 "$LOGS/$name.log" >&2
    die "$reason; its log is $LOGS/$name.log"
  done
}

# Ends every container, then every process, then removes the state. Also after a run that was killed half-way.
stop_cluster() {
  [[ -d $STATE ]] || return 0
  local name
  for name in kube-proxy kubelet kube-scheduler kube-controller-manager kube-apiserver etcd; do stop "$name"; done
  end_containers
  stop containerd
  kube-proxy --cleanup >/dev/null 2>&1 # its iptables rules
  remove_pod_rules
  ip link delete "$NODE_BRIDGE" 2>/dev/null
  ip link delete "$POD_BRIDGE" 2>/dev/null
  unmount_state
  find "$STATE" -mindepth 1 -maxdepth 1 ! -path "$LOGS" -exec rm -rf {} +
}

# Shims outlive containerd. Where it died before them, it is started once more, since it finds them again.
end_containers() {
  local task tasks=$STATE/containerd/state/io.containerd.runtime.v2.task/k8s.io
  [[ -n $(ls -A "$tasks" 2>/dev/null) ]] || return 0
  if ! pid_of containerd >/dev/null; then
    start containerd containerd -c "$STATE/containerd/config.toml"
    wait_for 30 containerd ctr_here version
  fi
  for task in $(ctr_here tasks ls -q); do ctr_here tasks rm -f "$task" >/dev/null 2>&1; done
}

# The masquerading rules that the CNI plugin made for Pods that it was not asked to take down.
remove_pod_rules() {
  local ours='name: \\"cofferdam\\"'
  {
    echo '*nat'
    iptables-save -t nat | sed -n "/$ours/s/^-A/-D/p"
    iptables-save -t nat | sed -n "s/^-A POSTROUTING.*$ours.* -j \(CNI-[0-9a-f]*\)\$/-X \1/p"
    echo COMMIT
  } | iptables-restore --noflush
}

ctr_here() { CONTAINERD_SUPPRESS_DEPRECATION_WARNINGS=1 ctr -a "$CONTAINERD_SOCKET" -n k8s.io "$@"; }

# Deepest first: kubelet's volumes, containers' root file systems, network namespaces.
unmount_state() {
  local mount
  awk -v state="$STATE/" 'index($2, state) == 1 { print $2 }' /proc/mounts | sort -r | while read -r mount; do
    umount -l "$mount"
  done
}
