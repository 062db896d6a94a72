#!/bin/bash
# End-to-end tests: `cofferdam serve` as a webhook of a real Kubernetes API server, with kubectl and the client library.
#
#   npm run e2e                     builds, starts a cluster on this machine (test/cluster, needs root), and stops it after
#   KEEP=1 npm run e2e              leaves that cluster running, for the next run or to look around
#   KUBECONFIG=… npm run e2e        uses that cluster and leaves it running
#   npm run e2e -- -t 'ephemeral'   arguments go to vitest
#   KUBERNETES=1.30 npm run e2e     on the oldest version that is supported as a whole
#
# What a cluster of your own must have, or the run ends at once and says so; nothing is skipped but
# the tests that take a handler from a node (node*.test.ts), which are for the cluster of test/cluster alone:
# - one node or more whose containerd has the handlers `runsc` (gVisor) and `kata` (Kata, or runc under that name: the tests
#   that use it are named "stand-in", and look at placement alone), and on one of them `runsc-team` (gVisor again) and
#   `gvisor-fake` (runc), which no profile names (test/cluster/config/containerd.toml has all four)
# - the image in TEST_COFFERDAM_E2E_IMAGE on those nodes: sh, sleep, uname, dmesg, cat, head and wc (default localhost/busybox:1)
# - a way for its API server to this machine: TEST_COFFERDAM_E2E_HOST, this machine's address as seen from there (default
#   127.0.0.1; for kind, the gateway of its Docker network)
# - cert-manager, and helm on PATH, for the tests of a release (install, rollout; the cluster of test/cluster is given it)
# - a command in TEST_COFFERDAM_E2E_RESTART that restarts its control plane; without it, and it is said, rollout-restart is not run
# - this project's image in TEST_COFFERDAM_E2E_OWN_IMAGE (default: built from the Dockerfile and loaded into that of test/cluster),
#   and that of the version before in TEST_COFFERDAM_E2E_PREVIOUS_IMAGE (default: made by test/cluster/previous.sh, and loaded)
# Everything that is made there carries the label cofferdam.dev/e2e and is removed at the end, and at the start of the next
# run where a run was killed. The webhooks match such namespaces alone, so no other Pod is touched.
#
# TEST_COFFERDAM_E2E_MAIN=FILE tests a main.js that is built already.
set -euo pipefail
cd "$(dirname "$0")/../.."
export PATH=$PWD/node_modules/.bin:$PATH # as npm run sets it: Node 24 may come from there

# Two runs at once would remove each other's objects. One of another cluster (test/cluster/apart.sh) is not in the way.
exec 8>"${TMPDIR:-/tmp}/cofferdam-e2e${TEST_COFFERDAM_CLUSTER_STATE:+-${TEST_COFFERDAM_CLUSTER_STATE##*/}}.lock"
flock -n 8 || {
  echo 'waiting for another run to end' >&2
  flock 8
}

work=$(mktemp -d)
failed=yes
CLUSTER_STARTED=no # what up.sh says of this run, not of an earlier one in this shell
finish() {
  # These are left where the tests were killed before they could end them.
  for pid in "$work"/*.pid; do
    [[ ! -s $pid ]] || kill "$(cat "$pid")" 2>/dev/null || true
  done
  if [[ $failed == yes ]]; then
    # Nothing but its output is left of a run in CI.
    for log in "$work"/*.log; do
      [[ ! -s $log ]] || { echo "--- the last of $(basename "$log")" && tail -n 5 "$log" | cut -c 1-600; } >&2
    done
    echo "what the webhook and the tests wrote is in $work" >&2
  else
    rm -rf "$work"
  fi
  if [[ -n ${DOCKER_DAEMON_JSON:-} ]]; then test/cluster/docker.sh down 8>&-; fi
  if [[ $CLUSTER_STARTED == yes && -z ${KEEP:-} ]]; then test/cluster/down.sh 8>&-; fi
}
trap finish EXIT

if [[ -z ${TEST_COFFERDAM_E2E_MAIN:-} ]]; then
  npm run --silent build
  TEST_COFFERDAM_E2E_MAIN=$PWD/dist/bundle/main.js
fi
if [[ -z ${KUBECONFIG:-} ]]; then
  settings=$(test/cluster/up.sh 8>&-)
  eval "$settings"
  test/cluster/certmanager.sh 8>&-
  export TEST_COFFERDAM_E2E_RESTART=$PWD/test/cluster/restart.sh
  test/export/check.sh
fi
[[ -n ${TEST_COFFERDAM_E2E_RESTART:-} ]] ||
  echo 'not run: rollout-restart.test.ts, since TEST_COFFERDAM_E2E_RESTART does not say how to restart the control plane' >&2
for program in kubectl helm; do
  command -v "$program" >/dev/null || {
    echo "error: $program is not on PATH" >&2
    exit 1
  }
done
export TEST_COFFERDAM_E2E_MAIN TEST_COFFERDAM_E2E_WORK=$work
# One run tells all: what fails keeps nothing that comes after it from being tried.
green=yes
run_config() { vitest run --config "test/e2e/$1.config.ts" --passWithNoTests "${@:2}" 8>&- || green=no; }
run_config vitest "$@"
run_config release "$@"
# A node of someone else's is left alone, and one of before 1.31 does not say what it lost.
if [[ ${KUBERNETES:-} == 1.30 ]]; then
  echo 'not run, as Kubernetes 1.30 has neither: handler-lost.test.ts and node*.test.ts (handlers that nodes report), pods/resize' >&2
  echo 'not run, as the run on the newest version does: docker.test.ts' >&2
elif [[ $KUBECONFIG == "${TEST_COFFERDAM_CLUSTER_STATE:-/var/lib/cofferdam-cluster}"/* ]]; then
  run_config node "$@"
  # An engine of its own, so where a cluster is given, nothing of this machine is touched.
  settings=$(test/cluster/docker.sh up 8>&-)
  eval "$settings"
  run_config docker "$@"
else
  echo 'not run, as this cluster is not that of test/cluster: node*.test.ts, and docker.test.ts on an engine beside it' >&2
fi
[[ $green == yes ]]
failed=no
