# Cofferdam's image: Node, the libraries that it loads, and the bundled program. No shell, no package manager.
#
#   docker build -t cofferdam .
#   buildah build --layers -t cofferdam .
#
# A registry of your own takes --build-arg NODE_IMAGE=… with any image of Node 24 that has npm and a shell; settings for npm come
# by --secret id=npmrc,src=$HOME/.npmrc

ARG NODE_IMAGE=node:24.21.0-trixie-slim@sha256:8ec5d7557396cfe32d21c3f9c13072355ceab22b584578ca4bb28af31120cffe

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci --ignore-scripts
COPY rolldown.config.ts ./
COPY scripts/bundle scripts/bundle
COPY policies policies
COPY src src
RUN npm run bundle
# The bundle hides from scanners what it is made of; this says it (CycloneDX).
RUN npm sbom --omit=dev --omit=optional --package-lock-only --sbom-format=cyclonedx >sbom.cdx.json
# What "cofferdam version" tells, as npm calls it.
ARG REVISION=unknown
RUN [ "$REVISION" = unknown ] || npm pkg set "gitHead=$REVISION"
# What the dynamic linker would load for Node, from wherever this architecture keeps it; and, again for scanners, which
# packages of Debian that is. The user is named, as containerd takes the group from there and would take 0.
RUN set -eu; \
    node=$(command -v node); \
    for file in "$node" $(LD_TRACE_LOADED_OBJECTS=1 "$node" | grep -o '/[^ ]*') /etc/os-release; do \
      mkdir -p "/rootfs${file%/*}"; \
      cp -L "$file" "/rootfs$file"; \
    done; \
    echo 'cofferdam:x:65532:65532::/:/sbin/nologin' >/rootfs/etc/passwd; \
    if command -v dpkg-query; then \
      mkdir -p /rootfs/var/lib/dpkg; \
      dpkg-query -s libc6 libgcc-s1 libstdc++6 >/rootfs/var/lib/dpkg/status; \
    fi

FROM scratch
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Cofferdam" \
      org.opencontainers.image.description="Admission webhook that decides which sandbox each Kubernetes Pod runs in" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /rootfs/ /
COPY --from=build /build/sbom.cdx.json /cofferdam/
COPY --from=build /build/package.json /cofferdam/
COPY LICENSE /cofferdam/
COPY policies /cofferdam/policies
COPY docs/schema /cofferdam/docs/schema
COPY docs/ci/*.yml /cofferdam/docs/ci/
COPY --from=build /build/dist/bundle /cofferdam/dist/bundle
ENV PATH=/usr/local/bin NODE_ENV=production
# The user is a number, so that the kubelet can see that it is not root (runAsNonRoot).
USER 65532:65532
EXPOSE 8443 8080
# A young generation of 8 MiB, and a collection of the old one each time it has grown by a fifth: a request's garbage dies within
# a few hundred microseconds, and the default would be half of the webhook's resident memory and push everything else out of
# the processor's caches. No compiling beside: what the compiler's threads hold on to is another 20 MiB, for a program that is
# compiled once. npm run bench prints memory and speed. `npm start` has the same; V8 reads these when it starts, and no later.
ENTRYPOINT ["node", "--max-semi-space-size=8", "--heap-growing-percent=20", "--no-concurrent-recompilation", "/cofferdam/dist/bundle/main.js"]
