#!/bin/bash
# Makes an earlier version of this project that a cluster can run: its chart, and its program in the image of this version.
# usage: previous.sh COMMIT FOLDER     prints the path of the image's archive; its reference is localhost/cofferdam-previous:1
# The version lies in previous/, since a checkout need not have a history (`git clone --depth 1`). It was made by
#   git archive COMMIT charts src policies package.json rolldown.config.ts scripts/bundle | gzip -9n
set -euo pipefail
. "$(dirname "$0")/lib.sh"

COMMIT=${1:?usage: previous.sh COMMIT FOLDER}
FOLDER=${2:?usage: previous.sh COMMIT FOLDER}
REPOSITORY=$CLUSTER_DIR/../..

tar xzf "$CLUSTER_DIR/previous/$COMMIT.tar.gz" -C "$FOLDER" || die "there is no version $COMMIT in $CLUSTER_DIR/previous"
ln -s "$(realpath "$REPOSITORY")/node_modules" "$FOLDER/node_modules"
(cd "$FOLDER" && node_modules/.bin/rolldown -c) >&2

install_packages umoci:umoci skopeo:skopeo >&2
new=$("$CLUSTER_DIR/images.sh" cofferdam)
skopeo copy -q "oci-archive:$new" "oci:$FOLDER/oci:image" >&2
umoci insert --opaque --image "$FOLDER/oci:image" "$FOLDER/dist/bundle" /cofferdam/dist/bundle >&2
umoci insert --opaque --image "$FOLDER/oci:image" "$FOLDER/policies" /cofferdam/policies >&2
skopeo copy -q "oci:$FOLDER/oci:image" "oci-archive:$FOLDER/archive.tar:localhost/cofferdam-previous:1" >&2
echo "$FOLDER/archive.tar"
