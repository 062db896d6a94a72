#!/bin/bash
# Installs cert-manager into the cluster that up.sh started, with its own chart as its documentation says, but for images that
# are made here. Does nothing when it is there. About 5 minutes cold on 2 cores, then 10 s.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# The job that checks the API would need an image of a further program; --wait does as well.
VALUES=(installCRDs=true startupapicheck.enabled=false)

values_of() {
  local prefix=$1 program=$2
  VALUES+=("${prefix}image.repository=localhost/cert-manager-$program" "${prefix}image.tag=1")
}

helm_here() { helm --kubeconfig "$KUBECONFIG_FILE" -n cert-manager "$@"; }

"$CLUSTER_DIR/build.sh" helm certmanager
use_programs
values_of '' controller
values_of webhook. webhook
values_of cainjector. cainjector
exec 9>/run/lock/cofferdam-certmanager.lock
flock 9
"$CLUSTER_DIR/load.sh" cert-manager-{controller,webhook,cainjector}
[[ -n $(helm_here list -q --deployed --filter '^cert-manager$') ]] && exit 0
say 'installing cert-manager'
helm_here upgrade --install cert-manager "$(programs_of certmanager)/chart" --create-namespace --wait --timeout 2m \
  --set "$(IFS=, && echo "${VALUES[*]}")" >/dev/null
say 'cert-manager is installed'
