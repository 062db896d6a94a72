#!/bin/bash
# Pages of `-o html` in a real Chromium: `npm run browser`, and behind it arguments of vitest. TEST_COFFERDAM_CHROMIUM names
# another browser than `chromium` on PATH; where there is none, Debian's package is installed, which needs root.
set -euo pipefail
cd "$(dirname "$0")/../.."
export PATH=$PWD/node_modules/.bin:$PATH # as npm run sets it: Node 24 may come from there

if ! command -v "${TEST_COFFERDAM_CHROMIUM:-chromium}" >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
fi
exec vitest run --config test/browser/vitest.config.ts "$@"
