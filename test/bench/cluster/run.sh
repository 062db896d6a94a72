#!/bin/bash
# What admission costs on a real API server (test/cluster/control.sh), Cofferdam's beside others' in one run.
#
#   npm run bench:cluster                                           some 15 minutes
#   npm run bench:cluster -- --only none,cel,guard --rounds 3       these controls alone
#   npm run bench:cluster -- --check                                the short form; fails below the floors of goals.ts
#   npm run bench:cluster -- --help                                 all options
#
# Everything listens on and talks to 127.0.0.1 alone, and is ended and removed at the end.
# TEST_COFFERDAM_E2E_MAIN=FILE measures a main.js that is built already.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/../../.."
export PATH=$PWD/node_modules/.bin:$PATH # as npm run sets it: Node 24 may come from there
. test/cluster/lib.sh

[[ " $* " != *" --help "* ]] || exec node test/bench/cluster/options.ts --help
# Before anything is started: whether the options are good, and which of the other programs are needed.
needs=$(node test/bench/cluster/options.ts "$@")
modules=$(tr ' ' '\n' <<<"$needs" | grep -v '^pepr@' || true)
pepr=$(tr ' ' '\n' <<<"$needs" | grep '^pepr@' || true)

. test/cluster/own-control.sh
begin_run

export ETCD_ARGS=--unsafe-no-fsync # what a disk takes to sync is not what is measured
# Those that the Pods' creation needs: the others would take processor time while it is measured.
export KCM_ARGS=--controllers=namespace-controller,serviceaccount-controller

# The npm package into the cache: it is measured, and no part of the project.
install_pepr() {
  local folder=$1 partial
  [[ ! -d $folder ]] || return 0
  say "installing ${folder##*/}"
  mkdir -p "$CACHE"
  partial=$(mktemp -d "$CACHE/partial.XXXXXX")
  echo '{"private": true}' >"$partial/package.json"
  npm install --prefix "$partial" --ignore-scripts --no-audit --no-fund --loglevel=error "${folder##*/}" >&2
  mv -T "$partial" "$folder"
}

build_main
for module in $modules; do
  test/cluster/build.sh "$module" 8>&-
  PATH=$(programs_of "$module"):$PATH
done
if [[ -n $pepr ]]; then
  TEST_COFFERDAM_BENCH_PEPR=$CACHE/$pepr
  install_pepr "$TEST_COFFERDAM_BENCH_PEPR"
  export TEST_COFFERDAM_BENCH_PEPR
fi
start_control
node test/bench/cluster/index.ts "$@" 8>&-
failed=no
