import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SHELLS } from '../../src/cli/completion/completion.ts';
import { COMMANDS } from '../../src/cli/program.ts';
import { writeFiles } from '../support/write-files.ts';
import { cofferdam } from './stranger.ts';

/*
What real shells offer at Tab, by the script that `cofferdam completion` prints. zsh and fish are asked where they are installed.
*/

/** What is typed, up to Tab; what is offered, in alphabetical order. */
const CASES: readonly (readonly [what: string, line: string, offered: readonly string[]])[] = [
  ['all commands', 'cofferdam ', [...Object.keys(COMMANDS), 'help'].sort()],
  ['commands that begin so', 'cofferdam ver', ['verify', 'version']],
  ['commands below a command', 'cofferdam export con', ['containerd']],
  [
    'options of the command that stands there',
    'cofferdam review --no-',
    ['--no-balanced', '--no-config', '--no-ignore'],
  ],
  ['options of a command below another', 'cofferdam export guard --from', ['--from-cluster']],
  ['no option of another command', 'cofferdam doctor --from', []],
  ['what an option takes', 'cofferdam review deploy --fail-on ', ['never', 'reject', 'sandbox']],
  ['formats', 'cofferdam review -o j', ['json', 'junit']],
  ['words that come in a list, too', 'cofferdam review deploy --only ', ['admit', 'reject', 'sandbox']],
  ['words that its option checks by itself', 'cofferdam export containerd --runtime gv', ['gvisor']],
  ['what an argument takes', 'cofferdam completion ', ['bash', 'fish', 'zsh']],
  ['commands that there is help of', 'cofferdam help exp', ['explain', 'export']],
  ['words where files can stand, too', 'cofferdam review --policy b', ['balanced']],
  ['files where words can stand, too', 'cofferdam review --policy d', ['deploy']],
  ['nothing for what only its user knows', 'cofferdam review --namespace ', []],
];

let folder = '';
/** The answers by shell and line. */
const answers = new Map<string, ReadonlyMap<string, readonly string[]>>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cofferdam-completion-'));
  const scripts = Object.keys(SHELLS).map(
    async shell => [`scripts/${shell}`, (await cofferdam(['completion', shell])).out] as const,
  );
  await writeFiles(folder, {
    ...Object.fromEntries(await Promise.all(scripts)),
    'here/web app.yaml': '',
    'here/deploy/a.yaml': '',
    'ask.zsh': ZSH,
  });
  for (const shell of installed) {
    const lines = CASES.map(([, line]) => line);
    answers.set(shell, ASK[shell]?.(lines) ?? new Map());
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (program: string, args: readonly string[]): string =>
  execFileSync(program, args, {
    cwd: join(folder, 'here'),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });

/** Each line printed before what is offered for it, which stands below it. */
function answersIn(printed: string, lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const parts = printed.split(/^asked: .*\n/m).slice(1);
  const offered = parts.map(part => part.split('\n').filter(line => line !== ''));
  return new Map(lines.map((line, i) => [line, offered[i] ?? ['no answer']]));
}

type Ask = (lines: readonly string[]) => ReadonlyMap<string, readonly string[]>;

/** As readline splits it: an equals sign is a word of its own, and the last word is the one to complete. */
const bash: Ask = lines => {
  const program = `source "$1"; shift
    for line; do
      IFS=$'\\x1f' read -r -a COMP_WORDS <<<"$line"$'\\x1f'x
      unset 'COMP_WORDS[-1]'
      COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
      _cofferdam
      printf 'asked: %s\\n' "$line"
      printf '%s\\n' "\${COMPREPLY[@]}"
    done`;
  const split = lines.map(line =>
    line
      .split(/ +|(=)/)
      .filter(word => word !== undefined)
      .join('\u001f'),
  );
  return answersIn(
    run('bash', ['--norc', '-c', program, 'bash', join(folder, 'scripts/bash'), ...split]),
    lines,
  );
};

const fish: Ask = lines => {
  const program = `source $argv[1]
    for line in $argv[2..]
      echo "asked: $line"
      complete -C $line | string replace -r '\\t.*' ''
    end
    exit 0`;
  return answersIn(
    run('fish', ['--no-config', '-c', program, join(folder, 'scripts/fish'), ...lines]),
    lines,
  );
};

/**
 * A shell in a terminal of its own, whose compadd prints what it was given that fits, as zsh's own tests do (Test/comptest).
 * Control-T asks, control-U takes the line away.
 */
const ZSH = `
zmodload zsh/zpty
zpty shell 'PS1= zsh -f -i'
zpty -w shell 'stty -echo; PS1=; autoload -Uz compinit; compinit -u -D; source "'$1'"; shift'
zpty -w shell 'compadd() {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return; fi
  local -a matches
  builtin compadd -O matches "$@"
  (( $#matches )) && print -rl -- "offered:"$^matches
  builtin compadd "$@"
}
ask() { zle complete-word; print -r -- "the end"; }
zle -N ask; bindkey "^T" ask; bindkey "^U" kill-whole-line; LISTMAX=9999; print ready'
zpty -r -m shell line '*ready*'
for typed in "\${@[2,-1]}"; do
  zpty -n -w shell "$typed"$'\\x14'
  zpty -r -m shell line '*the end*'
  print -r -- "asked: $typed"
  print -r -- $line | sed -n 's/\\r*$//; s/^.*offered://p' | sort -u
  zpty -n -w shell $'\\x15'
done
zpty -d shell
`;

const zsh: Ask = lines =>
  answersIn(run('zsh', ['-f', join(folder, 'ask.zsh'), join(folder, 'scripts/zsh'), ...lines]), lines);

const ASK: Readonly<Record<string, Ask>> = { bash, zsh, fish };

const installed = Object.keys(ASK).filter(shell => {
  try {
    execFileSync(shell, ['-c', 'exit'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});

it('is tested for every shell that there is a script for', () => {
  expect(Object.keys(ASK)).toEqual(Object.keys(SHELLS));
  expect(installed).toContain('bash');
});

describe.each(installed)('%s offers', shell => {
  it.each(CASES)('%s', (_, line, offered) => {
    const found = answers
      .get(shell)
      ?.get(line)
      ?.map(word => word.replace(/\/$/, ''));
    expect(found?.toSorted()).toEqual(offered);
  });
});

describe('bash', () => {
  it.each([
    ['what stands behind an equals sign', 'cofferdam review --mode=en', ['enforce']],
    ['all of it', 'cofferdam review --fail-on=', ['reject', 'sandbox', 'never']],
    ['names with blanks in one piece', 'cofferdam review --policy w', ['web app.yaml']],
    ['files by readline where nothing else can stand', 'cofferdam review w', []],
    ['them behind a format, too', 'cofferdam review -o json=w', []],
  ])('offers %s', (_, line, offered) => {
    expect(bash([line]).get(line)).toEqual(offered);
  });
});

it.each(Object.keys(SHELLS))('prints a script for %s that names each option of each command', async shell => {
  const { code, out, err } = await cofferdam(['completion', shell]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  for (const option of ['exclude-namespace', 'tls-cert', 'preflight', 'host-kernel'])
    expect(out).toContain(option);
});

it('knows no other shell', async () => {
  const { code, err } = await cofferdam(['completion', 'tcsh']);
  expect(code).toBe(2);
  expect(err).toContain('Allowed choices are bash, zsh, fish.');
});
