#!/bin/bash
# An hour in the life of two replicas, on a real API server and etcd of their own (test/cluster/control.sh): a mixed load,
# while policies, exemptions, profiles, namespaces and nodes change, one replica is killed now and then, and the API server
# once. Memory, descriptors, the lag of the event loop and the times of answers must be flat, no answer wrong, none lost but
# by what was killed.
#
#   npm run soak                   an hour, and a minute to start
#   npm run soak -- --minutes 3    as CI runs it
#
# Prints the curves; exits with 1 and says what was not flat. Everything listens on and talks to 127.0.0.1 alone.
# TEST_COFFERDAM_E2E_MAIN=FILE tests another program than dist/bundle/main.js; leaking.ts is one that must fail.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/../.."
export PATH=$PWD/node_modules/.bin:$PATH # as npm run sets it: Node 24 may come from there
. test/cluster/lib.sh

# Before anything is started: whether the options are good.
node test/soak/plan.ts "$@"
. test/cluster/own-control.sh
begin_run

# What a crash of the machine would lose may be lost; and a Pod must be taken in the instant in which its namespace is there.
export ETCD_ARGS=--unsafe-no-fsync
export APISERVER_ARGS=--disable-admission-plugins=ServiceAccount
export KCM_ARGS=--controllers=namespace-controller,serviceaccount-controller

build_main
test/cluster/build.sh helm 8>&-
PATH=$(programs_of helm):$PATH
start_control
node test/soak/index.ts "$@" 8>&-
failed=no
