#!/bin/bash
# Takes the handler runsc from the node that up.sh started, or gives it back: containerd is started anew without it, or with
# it, and what runs goes on running. The kubelet tells the API server within some 20 s.
#   test/cluster/runsc.sh off|on
set -uo pipefail
. "$(dirname "$0")/lib.sh"

PART=$STATE/containerd/conf.d/gvisor.toml
lock
pid_of containerd >/dev/null || die 'the cluster does not run: up.sh starts it'
case ${1:-} in
  off) [[ ! -f $PART ]] || mv "$PART" "$PART.off" ;;
  on) [[ ! -f $PART.off ]] || mv "$PART.off" "$PART" ;;
  *) die 'usage: runsc.sh off|on' ;;
esac
use_programs
stop containerd
start containerd containerd -c "$STATE/containerd/config.toml"
wait_for 30 containerd ctr_here version
