#!/bin/bash
# Holds the parts in test/golden/export to the programs that they are for, those that test/cluster has built.
set -uo pipefail
# shellcheck source=../cluster/lib.sh
. "$(dirname "$0")/../cluster/lib.sh"
"$CLUSTER_DIR/build.sh" containerd gvisor || die 'the programs could not be built'
use_programs
cd "$CLUSTER_DIR/../golden/export" || exit 1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Every handler arrives in the configuration that containerd would run with, and keeps its safe setting.
for version in 2 3; do
  part=$PWD/all-containerd-$version.toml
  printf 'version = 3\nimports = ["%s"]\n' "$part" >"$work/config.toml"
  containerd -c "$work/config.toml" config dump >"$work/dump" 2>"$work/error" || die "containerd, $part: $(cat "$work/error")"
  for setting in 'runtime_type = .io.containerd.(runsc|kata)' 'privileged_without_host_devices = true' 'ConfigPath = ' "pool_name = 'devpool'"; do
    wanted=$(grep -Ec "^ *${setting//\'/\"}" "$part")
    found=$(grep -Ec "^ *$setting" "$work/dump")
    ((wanted > 0 && wanted == found)) || die "containerd, $part: $wanted times \"$setting\", of which it keeps $found"
  done
done

# runsc ends at an unknown flag or value.
for part in gvisor-runsc.toml crio-runsc.toml; do
  mapfile -t flags < <(sed -n '/^\[runsc_config\]/,$ s/^\([a-z-]*\) = "\(.*\)"$/--\1=\2/p' "$part")
  ((${#flags[@]} > 0)) || die "$part has no flags"
  runsc "${flags[@]}" --version >"$work/out" 2>&1 || die "runsc, $part: $(head -n 1 "$work/out")"
done

# Docker: what `runsc install` itself writes, but for the path, which is its own.
runsc install --config_file "$work/daemon.json" -- "${flags[@]}" >/dev/null 2>&1
diff <(sed "s|/usr/local/bin/runsc|$(command -v runsc)|" gvisor-docker.json) <(sed 's/    /  /g' "$work/daemon.json" && echo) ||
  die 'runsc install writes something else than gvisor-docker.json'

say 'containerd and runsc take the exported parts'
