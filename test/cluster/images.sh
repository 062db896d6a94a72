#!/bin/bash
# Makes a container image without a registry and prints the path of its archive, which is kept in the cache.
# usage: images.sh busybox|pause
set -euo pipefail
. "$(dirname "$0")/lib.sh"

COMMANDS=(sh sleep uname dmesg cat ls id nc ps kill true)

# localhost/NAME:1, with busybox alone in it, which sleeps: it serves as the pause image too.
make_image() {
  local name=$1 archive=$2 work command
  work=$(mktemp -d)
  cd "$work"
  umoci init --layout oci
  umoci new --image oci:image
  umoci unpack --image oci:image bundle
  mkdir -p bundle/rootfs/bin
  cp "$busybox" bundle/rootfs/bin/busybox
  for command in "${COMMANDS[@]}"; do ln -s busybox "bundle/rootfs/bin/$command"; done
  umoci repack --image oci:image bundle
  umoci config --image oci:image --config.cmd /bin/sleep --config.cmd 36000
  skopeo copy -q oci:oci:image "oci-archive:archive.tar:localhost/$name:1"
  mkdir -p "$CACHE"
  mv archive.tar "$archive.$$"
  mv "$archive.$$" "$archive"
  rm -rf "$work"
}

name=${1:?usage: images.sh busybox|pause}
busybox=$(command -v busybox)
archive=$CACHE/$name-$(cat "$0" "$busybox" | sha256sum | cut -c1-12).tar
[[ -f $archive ]] || make_image "$name" "$archive" >&2
echo "$archive"
