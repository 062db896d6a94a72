#!/bin/bash
# Starts a real Docker Engine with gVisor, apart from any other that this machine may have, or stops it. Needs root, Go (to build
# runsc, once) and apt-get where Debian's docker.io or docker-compose is missing.
#   eval "$(test/cluster/docker.sh up)"     sets DOCKER_HOST and DOCKER_DAEMON_JSON; the image is localhost/busybox:1
#   test/cluster/docker.sh down             removes its containers, ends it, and removes its state but the log
# It makes no rule of iptables and no bridge, so containers have no network: it can run beside the cluster of up.sh, whose
# containerd it does not touch.
set -uo pipefail
export TEST_COFFERDAM_CLUSTER_STATE=${TEST_COFFERDAM_DOCKER_STATE:-/var/lib/cofferdam-docker}
. "$(dirname "$0")/lib.sh"

# Debian's, whatever else is first on PATH: the engine and its client are of one version, and the engine starts the
# containerd that it was packaged with.
DOCKER=/usr/bin/docker
DOCKERD=/usr/sbin/dockerd
DAEMON_JSON=$STATE/daemon.json
export DOCKER_HOST=unix://$STATE/docker.sock

# What keeps it apart. No address but that of its own socket, and nothing of the network of this machine.
write_daemon_json() {
  cat >"$DAEMON_JSON" <<JSON
{
    "bridge": "none",
    "data-root": "$STATE/data",
    "exec-root": "$STATE/exec",
    "hosts": ["$DOCKER_HOST"],
    "ip6tables": false,
    "iptables": false,
    "pidfile": "$STATE/docker.pid",
    "storage-driver": "vfs"
}
JSON
}

# As docs/nodes.md tells its reader, with the flags that `cofferdam export docker` writes.
install_runsc() {
  local flags
  mapfile -t flags < <(sed -n 's/^ *"\(--.*\)",*$/\1/p' "$CLUSTER_DIR/../golden/export/gvisor-docker.json")
  "$(programs_of gvisor)/runsc" install --config_file "$DAEMON_JSON" -- "${flags[@]}" >"$LOGS/runsc-install.log" 2>&1 ||
    die "runsc install: $(tail -n 1 "$LOGS/runsc-install.log")"
}

import_busybox() {
  local root name
  root=$(mktemp -d)
  mkdir "$root/bin"
  cp "$(command -v busybox)" "$root/bin/busybox"
  for name in sh sleep uname dmesg cat head wc ls; do ln -s busybox "$root/bin/$name"; done
  tar -C "$root" -c . | "$DOCKER" import - localhost/busybox:1 >/dev/null || die 'the image could not be imported'
  rm -rf "$root"
}

stop_engine() {
  [[ -d $STATE ]] || return 0
  if pid_of dockerd >/dev/null; then
    # Each has a shim, which would outlive the engine.
    "$DOCKER" ps -aq | xargs -r "$DOCKER" rm -f >/dev/null 2>&1
    stop dockerd # ends its containerd, too
  fi
  unmount_state
  find "$STATE" -mindepth 1 -maxdepth 1 ! -path "$LOGS" -exec rm -rf {} +
}

start_engine() {
  "$CLUSTER_DIR/build.sh" gvisor || die 'runsc could not be built'
  mkdir -p "$LOGS" "$STATE/run"
  write_daemon_json
  install_runsc
  start dockerd "$DOCKERD" --config-file "$DAEMON_JSON"
  wait_for 60 dockerd "$DOCKER" version
  import_busybox
}

((EUID == 0)) || die 'root is needed to run containers'
case ${1:-} in
  up)
    install_packages "$DOCKERD:docker.io" docker-compose:docker-compose busybox:busybox-static >&2
    lock
    pid_of dockerd >/dev/null || {
      stop_engine
      start_engine
    }
    say 'the engine is up'
    printf 'export DOCKER_HOST=%q DOCKER_DAEMON_JSON=%q\n' "$DOCKER_HOST" "$DAEMON_JSON"
    ;;
  down)
    lock
    stop_engine
    ;;
  *) die 'usage: docker.sh up|down' ;;
esac
