# shellcheck shell=bash disable=SC2034  # what the other scripts use
# What scripts share that test on a control plane of their own (control.sh): one of them at a time, a folder for what the run
# writes, and an end after which nothing runs any more. Comes after lib.sh; the script sets failed=no when all went well.

# Waits for another run, if it is of the same control plane (not so in apart.sh); from here on, whatever happens, what was
# started is ended.
begin_run() {
  exec 8>"${TMPDIR:-/tmp}/cofferdam-scale${TEST_COFFERDAM_CONTROL_STATE:+-${TEST_COFFERDAM_CONTROL_STATE##*/}}.lock"
  flock -n 8 || {
    echo 'waiting for another run to end' >&2
    flock 8
  }
  failed=yes
  work=$(mktemp -d)
  export TEST_COFFERDAM_E2E_WORK=$work
  trap end_run EXIT
}

end_run() {
  local pid
  # These are left where the run was killed before it could end them.
  for pid in "$work"/*.pid; do
    [[ ! -s $pid ]] || kill "$(cat "$pid")" 2>/dev/null || true
  done
  if [[ $failed == yes ]]; then
    echo "what the programs and the tests wrote is in $work" >&2
  else
    rm -rf "$work"
  fi
  control down
}

# The lock is not for what it starts: that outlives this script.
control() {
  "$CLUSTER_DIR/control.sh" "$@" 8>&-
}

# An empty one, or one on ETCD_DATA; sets KUBECONFIG, PATH and CONTROL.
start_control() {
  local settings
  control down
  settings=$(control up)
  eval "$settings"
}

build_main() {
  if [[ -z ${TEST_COFFERDAM_E2E_MAIN:-} ]]; then
    npm run --silent build
    TEST_COFFERDAM_E2E_MAIN=$PWD/dist/bundle/main.js
  fi
  export TEST_COFFERDAM_E2E_MAIN
}
