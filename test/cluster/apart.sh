#!/bin/bash
# Runs a command in a network, a mount table and cgroups of its own, so that a second cluster can run beside one that must
# not be disturbed: the ports, the bridges and kube-proxy's rules are the same, and a kubelet ends and deletes what it finds
# of Pods that it does not know. Processes that it leaves behind keep all that. There is no way out of that network: what is to
# be fetched must be in the cache.
#   KUBERNETES=1.30 test/cluster/apart.sh npm run e2e -- guard locks
set -euo pipefail

# Processes are not apart: with the state of the other cluster, up.sh would find that one, and end it.
export TEST_COFFERDAM_CLUSTER_STATE=/var/lib/cofferdam-apart TEST_COFFERDAM_CONTROL_STATE=/var/lib/cofferdam-apart-control
unset KUBECONFIG

((EUID == 0)) || {
  echo 'error: root is needed, as for up.sh' >&2
  exit 1
}

# What the kubelet, containerd and the CNI plugins keep at fixed places.
HIDDEN=(/var/lib/kubelet /var/lib/cni /var/log/pods /var/log/containers /run/containerd)

# Those of version 1, of which each hierarchy is mounted by itself, and version 2.
hierarchies() { awk '$3 ~ /^cgroup2?$/ { print $2 }' /proc/mounts; }

# A cgroup's CPUs and memory nodes are empty in version 1 until someone fills them, and no process may join it before.
fill_cpuset() {
  local parent=$1 child=$2 file
  for file in cpuset.cpus cpuset.mems; do
    [[ ! -f $parent/$file ]] || cat "$parent/$file" >"$child/$file"
  done
}

# Makes the cgroups that a process joins before its child takes them for the root.
make_cgroups() {
  local hierarchy
  for hierarchy in $(hierarchies); do
    mkdir "$hierarchy/$GROUP"
    fill_cpuset "$hierarchy" "$hierarchy/$GROUP"
  done
}

join_cgroups() {
  local hierarchy
  for hierarchy in $(hierarchies); do echo "$BASHPID" >"$hierarchy/$GROUP/cgroup.procs"; done
}

# Innermost first. Those in which a process still runs stay.
remove_cgroups() {
  local hierarchy
  for hierarchy in $(hierarchies); do find "$hierarchy/$GROUP" -depth -type d -exec rmdir {} + 2>/dev/null || true; done
}

# Runs in the new namespaces: a cgroup's root is the one that was joined, from when its hierarchy is mounted anew.
enter() {
  local hierarchy kind options folder
  while read -r hierarchy kind options; do
    umount "$hierarchy"
    mount -t "$kind" -o "$options" cgroup "$hierarchy"
  done < <(awk '$3 ~ /^cgroup2?$/ { print $2, $3, $4 }' /proc/mounts)
  for folder in "${HIDDEN[@]}"; do
    mkdir -p "$folder"
    mount -t tmpfs tmpfs "$folder"
  done
  ip link set lo up
}

if [[ ${1:-} == --inside ]]; then
  shift
  enter
  exec "$@"
fi
(($#)) || {
  echo 'usage: apart.sh COMMAND…' >&2
  exit 1
}
GROUP=cofferdam-apart-$$
trap remove_cgroups EXIT
make_cgroups
(
  join_cgroups
  exec unshare --net --mount --cgroup --propagation private "$0" --inside "$@"
)
