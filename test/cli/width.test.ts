import { describe, expect, it } from 'vitest';
import { fitted, shellLines } from '../../src/cli/console/help.ts';
import type { CliIo } from '../../src/cli/console/io.ts';
import { styleFor } from '../../src/cli/console/output.ts';
import { widthOf } from '../../src/cli/console/width.ts';
import { sampleTable, toRow } from '../../src/cli/serve/samples-table.ts';
import { painter } from '../../src/report/layout/paint.ts';
import { cofferdam } from './stranger.ts';

const COMMANDS = [
  '',
  'serve',
  'review',
  'explain',
  'doctor',
  'verify',
  'export',
  'export guard',
  'export crio',
];

/** A terminal breaks what is longer; a line of one word, or of what quotes hold together, is not broken by us. */
const tooLong = (text: string, width: number): readonly string[] =>
  text
    .split('\n')
    .filter(line => line.length > width && /\S \S/.test(line.replace(/"[^"]*"|'[^']*'| \\$/g, 'x')));

describe('the columns of a terminal', () => {
  it.each([
    [{ COLUMNS: '60' }, 80, 60],
    [{}, 80, 80],
    [{ COLUMNS: 'many' }, 80, 80],
    [{ COLUMNS: '0' }, undefined, undefined],
    [{}, undefined, undefined],
    [{ COLUMNS: '7' }, 80, 40],
  ])('are those of %j and of a terminal of %s: %s', (env, columns, expected) => {
    expect(widthOf({ env, columns })).toBe(expected);
  });
});

it('is no matter of a file, unless somebody says so', () => {
  const io = { env: {}, color: true, columns: 60 } as unknown as CliIo;
  expect(styleFor(undefined, io)).toEqual({ color: true, width: 60 });
  expect(styleFor('out.txt', io)).toEqual({ color: false, width: 100 });
  expect(styleFor('out.txt', { ...io, env: { COLUMNS: '80' } })).toEqual({ color: false, width: 80 });
});

describe.each([60, 80, 132])('at %s columns', width => {
  it.each(COMMANDS)('help fits: %s', async command => {
    const argv = [...command.split(' ').filter(Boolean), '--help'];
    const { out, code } = await cofferdam(argv, { env: { COLUMNS: String(width) } });
    expect(code).toBe(0);
    expect(tooLong(out, width)).toEqual([]);
    // Nothing is lost: the same words as where nobody breaks them.
    const words = (text: string) => text.replace(/ \\$/gm, '').split(/\s+/);
    expect(words(out)).toEqual(words((await cofferdam(argv)).out));
  });
});

describe('the samples', () => {
  const rows = [
    ['admit', 'shop', 'nothing: it passes the Restricted standard', 'host-kernel', '-'],
    ['sandbox', 'docker-in-docker', 'a privileged container', 'vm', 'kata-qemu'],
  ].map(([verdict = '', name = '', asks = '', required = '', runtimeClass = '']) =>
    toRow(name, asks, {
      allowed: true,
      warnings: [
        'RuntimeClass "kata-qemu" (vm) is set: the Pod needs a VM (vm) because of a privileged container',
      ],
      auditAnnotations: { verdict, score: '22', required, 'runtime-class': runtimeClass },
    }),
  );

  it.each([60, 80, 100])('fit into %s columns', width => {
    expect(tooLong(sampleTable(rows, painter(false), width), width)).toEqual([]);
  });

  it('say what is asked for below the row where there is no room in it', () => {
    expect(sampleTable(rows.slice(1), painter(false), 60)).toBe(`\
VERDICT  POD               SCORE  REQUIRED  CLASS
sandbox  docker-in-docker     22  vm        kata-qemu
  Asks for a privileged container.
  RuntimeClass "kata-qemu" (vm) is set: the Pod needs a VM
  (vm) because of a privileged container
`);
  });
});

describe('text below help', () => {
  it('is set anew by paragraphs, and tells what examples do below them', () => {
    const text = `
One two three four five six
seven eight.

Examples:
  cofferdam a            what it does
  x | y 'b c' --long-option   and this
`;
    expect(fitted(text, 20)).toBe(`
One two three four
five six seven
eight.

Examples:
  cofferdam a
      what it does
  x | y 'b c' \\
    --long-option
      and this
`);
    expect(fitted(text, 80)).toBe(text.replace('six\nseven', 'six seven'));
  });

  it('has commands that can be pasted', () => {
    expect(shellLines(`sh -c "$(a b)" | c -d 'e f'`, 16)).toEqual([
      '  sh -c \\',
      '    "$(a b)" | \\',
      `    c -d 'e f'`,
    ]);
  });
});
