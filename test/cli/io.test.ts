import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { wantsColor } from '../../src/cli/console/io.ts';

it.each([
  [{}, true, true],
  [{}, false, false],
  [{ TERM: 'dumb' }, true, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '' }, false, true],
  [{ FORCE_COLOR: '0' }, true, false],
  [{ FORCE_COLOR: 'false' }, true, false],
  [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
])('with %j and TTY %s, colour is %s', (env, isTTY, expected) => {
  expect(wantsColor(env, isTTY)).toBe(expected);
});

const main = resolve(import.meta.dirname, '../../src/main.ts');
const bash = (script: string) => {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script, process.execPath, main], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
};

it('says nothing when the reader of its output is gone', () => {
  expect(bash('set -o pipefail; "$0" "$1" review --help | true')).toEqual({
    status: 0,
    stdout: '',
    stderr: '',
  });
});

it('exits 2 when its output cannot be written', () => {
  expect(bash('"$0" "$1" review --help >/dev/full')).toEqual({
    status: 2,
    stdout: '',
    stderr: 'error: cannot write the output: there is no room left\n',
  });
});
