#!/bin/bash
# The webhook on a cluster as large as Kubernetes is built for, and under faults: a real API server and etcd of its own
# (test/cluster/control.sh), with 5,000 nodes, 10,000 namespaces, 50,000 Pods and 200 policies.
#
#   npm run scale                    some 5 minutes; 10 where the objects are created first, which is kept in the cache
#   npm run scale -- faults          arguments go to vitest
#
# TEST_COFFERDAM_E2E_MAIN=FILE tests a main.js that is built already.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/../.."
export PATH=$PWD/node_modules/.bin:$PATH # as npm run sets it: Node 24 may come from there
. test/cluster/lib.sh
. test/cluster/own-control.sh
begin_run

# Nobody's data: what a crash of the machine would lose may be lost. No controller may evict Pods from nodes that never say
# that they live, and with so few controllers nothing may wait for a service account.
export ETCD_ARGS='--unsafe-no-fsync --quota-backend-bytes=8589934592'
export APISERVER_ARGS=--disable-admission-plugins=ServiceAccount
export KCM_ARGS=--controllers=namespace-controller

# Folder of a copy of etcd's data with all these objects.
filled() {
  local inputs
  inputs=$(sha256sum test/scale/{objects,fill}.ts "test/cluster/modules/$KUBE/go.mod")
  echo "$CACHE/scale-$(sha256sum <<<"$inputs" | cut -c1-12)"
}

install_crds() {
  kubectl apply --server-side --force-conflicts -f charts/cofferdam/files/crds >&2
  kubectl wait --for=condition=Established --timeout=30s crd --all >&2
}

fill() {
  local data=$1
  say 'creating the objects (minutes, once)'
  node test/scale/fill.ts
  control stop
  rm -rf "$data.partial"
  cp -r "$CONTROL/etcd" "$data.partial"
  mv -T "$data.partial" "$data"
}

build_main
data=$(filled)
[[ ! -d $data ]] || export ETCD_DATA=$data
start_control
install_crds
if [[ ! -d $data ]]; then
  fill "$data"
  control up >/dev/null
fi
vitest run --config test/scale/vitest.config.ts "$@" 8>&-
failed=no
