import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

const BUILD = fileURLToPath(new URL('build.sh', import.meta.url));
const FOLDERS = readdirSync(new URL('modules', import.meta.url));
/** Of the other, only the CustomResourceDefinition is used. */
const BUILT = FOLDERS.filter(name => name !== 'openreports');

/**
 * Go with an empty module cache, so far as build.sh asks it: a module has a version from the start, and a folder only when
 * `go mod download` was called for the module that requires it, where Go itself prints an empty line.
 */
const STUB = `#!/bin/bash
set -eu
fetched=$STUB/fetched-\${PWD##*/}
case "$*" in
  'env '*) echo stub ;;
  'mod download'*) touch "$fetched" ;;
  'mod vendor') mkdir vendor ;;
  'list -m -f {{.Version}} '*) echo v1.2.3 ;;
  'list -m -f {{.Dir}} '*) if [[ -e $fetched ]]; then echo "$STUB/source"; else echo; fi ;;
  'build '*)
    while [[ $1 != -o ]]; do shift; done
    for package in "\${@:3}"; do touch "$2/\${package##*/}"; done
    ;;
  *) exit 64 ;;
esac
`;

let work = '';
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'build-'));
  mkdirSync(join(work, 'source/deploy/charts/cert-manager/templates'), { recursive: true });
  mkdirSync(join(work, 'source/deploy/crds'));
  writeFileSync(join(work, 'source/deploy/charts/cert-manager/Chart.template.yaml'), 'version: v0.0.0\n');
  writeFileSync(join(work, 'source/deploy/crds/one.yaml'), 'kind: CustomResourceDefinition\n');
  writeFileSync(join(work, 'source/deploy/gatekeeper.yaml'), 'kind: Deployment\n');
  writeFileSync(join(work, 'go'), STUB);
  chmodSync(join(work, 'go'), 0o755);
});
afterEach(() => rmSync(work, { recursive: true }));

/** Names of the folders that are in the cache after it, without their hashes. */
function build(modules: readonly string[], more: NodeJS.ProcessEnv = {}): readonly string[] {
  const { KUBERNETES: _, ...inherited } = process.env;
  const env = {
    ...inherited,
    PATH: `${work}:${process.env.PATH}`,
    STUB: work,
    TEST_COFFERDAM_CACHE: join(work, 'cache'),
  };
  execFileSync(BUILD, modules, { env: { ...env, ...more }, stdio: 'pipe' });
  const folders = readdirSync(join(work, 'cache/cluster'));
  return folders.map(name => name.replace(/-[0-9a-f]{12}$/, '')).sort();
}

it.each(BUILT)('builds %s where Go has fetched nothing yet', module => {
  expect(build([module])).toEqual([module]);
});

it('keeps the programs of two versions of Kubernetes side by side', () => {
  build([]);
  expect(build([], { KUBERNETES: '1.30' })).toEqual(['containerd', 'gvisor', 'helm', 'kube', 'kube-1.30']);
});

it('refuses a version of Kubernetes that it does not know', () => {
  expect(() => build([], { KUBERNETES: '1.29' })).toThrow('there is no test/cluster/modules/kube-1.29');
});
