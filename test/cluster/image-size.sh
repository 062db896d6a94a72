#!/bin/bash
# Prints the size of an image, the project's own unless another is named (images.sh).
set -euo pipefail
. "$(dirname "$0")/lib.sh"

archive=$("$CLUSTER_DIR/images.sh" "${1:-cofferdam}")
pulled=0 unpacked=0
for blob in $(tar tf "$archive" | grep 'blobs/sha256/.'); do
  size=$(tar xOf "$archive" "$blob" | wc -c)
  # Layers are what is compressed.
  layer=$(tar xOf "$archive" "$blob" | gzip -dc 2>/dev/null | wc -c) || continue
  pulled=$((pulled + size)) unpacked=$((unpacked + layer))
done
echo "$((pulled / 1000000)) MB to pull, $((unpacked / 1000000)) MB on disk"
