#!/bin/bash
# Ends what up.sh started (those processes, by their pids, and their containers) and removes its state but the logs. Does
# nothing when nothing runs.
set -uo pipefail
. "$(dirname "$0")/lib.sh"

((EUID == 0)) || die 'root is needed, as for up.sh'
lock
[[ -d $STATE/run ]] || exit 0
say 'stopping the cluster'
use_programs
stop_cluster
say "stopped; logs are in $LOGS"
