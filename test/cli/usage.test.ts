import { describe, expect, it } from 'vitest';
import pkg from '../../package.json' with { type: 'json' };
import { cofferdam } from './stranger.ts';

describe('usage errors exit 2 with one line and a hint', () => {
  it.each([
    [
      ['reviw'],
      `error: unknown command 'reviw'\n(Did you mean review?)\nRun "cofferdam --help" for usage.\n`,
    ],
    [['--nope'], `error: unknown option '--nope'\nRun "cofferdam --help" for usage.\n`],
    [
      ['review', '--polcy', 'x'],
      `error: unknown option '--polcy'\n(Did you mean --policy?)\nRun "cofferdam review --help" for usage.\n`,
    ],
    [
      ['review', '--mode', 'deny', 'x.yaml'],
      `error: option '--mode <mode>' argument 'deny' is invalid. Allowed choices are off, audit, warn, inject, enforce, namespace.\nRun "cofferdam review --help" for usage.\n`,
    ],
    [
      ['review', '-f'],
      `error: option '-f, --filename <path>' argument missing\nRun "cofferdam review --help" for usage.\n`,
    ],
    [
      ['review'],
      'error: no input\nName files or folders, such as "cofferdam review -f deploy/", or - for standard input.\n',
    ],
    [
      ['explain'],
      'error: no input\nName files or folders, such as "cofferdam explain -f deploy/", or - for standard input.\n',
    ],
    [['review', '-', '-o', 'sarif'], 'error: unknown output format "sarif"\nFormats: table, json.\n'],
    [['review', '-', '-o', 'json='], 'error: "-o json=" names no file\nWrite "-o json=FILE".\n'],
    [
      ['review', '-', '-o', 'table', '-o', 'json'],
      'error: more than one output to standard output\nSend all but one to a file, such as "-o json=FILE".\n',
    ],
  ])('%j', async (argv, err) => {
    expect(await cofferdam(argv)).toEqual({ code: 2, out: '', err });
  });
});

it('prints help to standard error without a command, since nothing was answered', async () => {
  const { code, out, err } = await cofferdam([]);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^Usage: cofferdam \[options\] \[command\]\n/);
});

it('prints the version', async () => {
  expect(await cofferdam(['--version'])).toEqual({ code: 0, out: `${pkg.version}\n`, err: '' });
});

it.each([
  ['--help'],
  ['help'],
  ['review', '--help'],
  ['help', 'review'],
  ['explain', '--help'],
  ['export', '--help'],
  ['export', 'containerd', '--help'],
])('prints help with examples and exit codes: %s %s', async (...argv) => {
  const { code, out, err } = await cofferdam(argv.filter(word => word !== undefined));
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('Examples:\n  cofferdam ');
  expect(out).toMatch(/Exit code.*: 0 /);
});
