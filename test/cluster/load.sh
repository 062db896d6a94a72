#!/bin/bash
# Loads images into the cluster that runs; what is there already is left alone.
# usage: load.sh IMAGE…     a name that images.sh knows, or the archive of an image (OCI)
set -euo pipefail
. "$(dirname "$0")/lib.sh"

load() {
  local archive=$1 index digest reference
  [[ -f $archive ]] || archive=$("$CLUSTER_DIR/images.sh" "$1")
  index=$(tar xOf "$archive" index.json)
  digest=$(grep -o 'sha256:[0-9a-f]*' <<<"$index")
  [[ $index =~ '"org.opencontainers.image.ref.name":"'([^\"]*) ]]
  reference=${BASH_REMATCH[1]}
  ctr_here images ls "name==$reference" | grep -q "$digest" || ctr_here images import "$archive" >/dev/null
}

# Its own ctr, whatever the caller has on PATH.
use_programs
for image in "$@"; do load "$image" || die "the image $image could not be loaded"; done
