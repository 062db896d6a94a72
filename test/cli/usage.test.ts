import { describe, expect, it } from 'vitest';
import pkg from '../../package.json' with { type: 'json' };
import { FORMATS } from '../../src/report/review/index.ts';
import { cofferdam } from './stranger.ts';

const ALL_FORMATS = Object.keys(FORMATS).join(', ');

describe('usage errors exit 2 with one line and a hint', () => {
  it.each([
    [
      ['reviw'],
      `error: unknown command 'reviw'\n(Did you mean review?)\nRun "cofferdam --help" for usage.\n`,
    ],
    [
      ['help', 'reviw'],
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
    [['review', '-', '-o', 'xml'], `error: unknown output format "xml"\nFormats: ${ALL_FORMATS}.\n`],
    [['review', '-', '-o', 'json='], 'error: "-o json=" names no file\nWrite "-o json=FILE".\n'],
    [
      ['review', '-', '-o', 'table', '-o', 'json'],
      'error: more than one output to standard output\nSend all but one to a file, such as "-o json=FILE".\n',
    ],
  ])('%j', async (argv, err) => {
    expect(await cofferdam(argv)).toEqual({ code: 2, out: '', err });
  });
});

it.each(['review', 'explain'])('%s of nothing at all is no answer', async command => {
  expect(await cofferdam([command, '-'], { stdin: '---\n# nothing\n' })).toEqual({
    code: 2,
    out: '',
    err: 'error: there is no document in standard input\nGive Kubernetes manifests, in YAML or JSON.\n',
  });
});

it('spells out what could steer the terminal', async () => {
  const { err } = await cofferdam(['review', '-', '-o', 'x\u001b[2K\nok']);
  expect(err).toBe(`error: unknown output format "x\\u001b[2K\\u000aok"\nFormats: ${ALL_FORMATS}.\n`);
});

it('serve --help shows no default that says nothing', async () => {
  const { out } = await cofferdam(['serve', '--help']);
  expect(out).not.toContain('[]');
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
