#!/bin/bash
# Builds the cluster's programs from Go modules, into the cache. About 12 minutes cold on 2 cores, nothing when cached.
#   KUBERNETES=1.30        builds the oldest Kubernetes that is supported as a whole, beside the newest
#   build.sh [MODULE…]     all that up.sh needs, unless modules are named: certmanager is built for certmanager.sh alone,
#                          gatekeeper for npm run bench:cluster
# The versions stand in modules/*/go.mod and go.sum; a later module is one more folder there, one more word in MODULES or
# TOOLS (lib.sh), and one more function here.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# No C compiler is needed, and go.mod and go.sum are never changed.
export CGO_ENABLED=0 GOFLAGS=-mod=readonly

# go_build OUT PACKAGE…, in the folder of a module
go_build() {
  local out=$1
  shift
  go build -trimpath -ldflags "-s -w ${LDFLAGS:-}" -o "$out/" "$@"
}

build_kube() {
  local out=$1 version
  version=$(go list -m -f '{{.Version}}' k8s.io/kubernetes)
  # Without it the programs report v0.0.0, which kubectl and the kubelet refuse to be that far from.
  LDFLAGS="-X k8s.io/component-base/version.gitVersion=$version" \
    go_build "$out" k8s.io/kubernetes/cmd/{kube-apiserver,kube-controller-manager,kube-scheduler,kubelet,kube-proxy,kubectl}
}

build_containerd() {
  go_build "$1" github.com/containerd/containerd/v2/cmd/{containerd,containerd-shim-runc-v2,ctr}
}

build_gvisor() {
  local out=$1 source
  go_build "$out" gvisor.dev/gvisor/runsc
  # The shim sets an OOM score below its parent's, which fails without CAP_SYS_RESOURCE, as in many CI machines. One file
  # of a dependency is replaced; Go allows that for vendored files only (go help build, -overlay).
  source=$(mktemp -d)
  cp go.mod go.sum "$source"
  cp oom_linux.go.txt "$source/oom_linux.go"
  (
    cd "$source"
    go mod vendor
    printf '{"Replace": {"%s": "%s"}}' "$source/vendor/github.com/containerd/containerd/v2/pkg/sys/oom_linux.go" \
      "$source/oom_linux.go" >overlay.json
    GOFLAGS='-mod=vendor -overlay=overlay.json' go_build "$source" gvisor.dev/gvisor/shim
  )
  mv "$source/shim" "$out/containerd-shim-runsc-v1"
  rm -rf "$source"
}

build_helm() {
  # Without it `helm version` says v3, and a chart that asks for a newer Helm would be wrong about it.
  LDFLAGS="-X helm.sh/helm/v3/internal/version.version=$(go list -m -f '{{.Version}}' helm.sh/helm/v3)" \
    go_build "$1" helm.sh/helm/v3/cmd/helm
}

# The programs and, as they belong together, the chart and the CRDs.
build_certmanager() {
  local out=$1 module=github.com/cert-manager/cert-manager version source
  version=$(go list -m -f '{{.Version}}' "$module")
  source=$(go list -m -f '{{.Dir}}' "$module")
  LDFLAGS="-X $module/pkg/util.AppVersion=$version" go_build "$out" "$module"/cmd/{controller,webhook,cainjector}
  make_certmanager_chart "$source" "$version" "$out/chart"
}

# Makes the chart as cert-manager's release does (make/manifests.mk): versions for the template of the chart, and the CRDs as one of its
# templates.
make_certmanager_chart() {
  local source=$1 version=$2 chart=$3
  cp -r --no-preserve=mode "$source/deploy/charts/cert-manager" "$chart"
  sed -E "s/^(version|appVersion):.*/\1: $version/" "$chart/Chart.template.yaml" >"$chart/Chart.yaml"
  {
    echo '{{- if .Values.installCRDs }}'
    sed -s '1i---' "$source"/deploy/crds/*.yaml
    echo '{{- end }}'
  } >"$chart/templates/crds.yaml"
}

# The program and its CRDs, which belong together.
build_gatekeeper() {
  local out=$1 module=github.com/open-policy-agent/gatekeeper/v3
  # A module that was never fetched has no folder to be listed.
  go mod download "$module"
  go_build "$out" "$module"
  cp --no-preserve=mode "$(go list -m -f '{{.Dir}}' "$module")/deploy/gatekeeper.yaml" "$out/"
}

# Complete or not there: a build that is killed leaves nothing that looks like a result.
build_module() {
  local module=$1 programs partial
  programs=$(programs_of "$module") || exit 1
  [[ -d $programs ]] && return
  say "building $module (minutes, once)"
  mkdir -p "$CACHE" || die "cannot write to the cache $CACHE: set TEST_COFFERDAM_CACHE"
  find "$CACHE" -maxdepth 1 -name 'partial.*' -mmin +120 -exec rm -rf {} + # of a build that was killed
  partial=$(mktemp -d "$CACHE/partial.XXXXXX")
  # Everything is fetched first: a module that is not in Go's cache has no folder that `go list` could name.
  (cd "$CLUSTER_DIR/modules/$module" && go mod download && "build_${module%%-*}" "$partial")
  chmod 755 "$partial"
  mv -T "$partial" "$programs" || rm -rf "$partial" # another run was first
  say "built $module"
}

modules=("$@")
((${#modules[@]})) || modules=("${MODULES[@]}" "${TOOLS[@]}")
for module in "${modules[@]}"; do build_module "$module"; done
