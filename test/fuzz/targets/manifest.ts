import { stringify } from 'yaml';
import { cofferdam } from '../../cli/stranger.ts';
import { garble } from '../garble.ts';
import { type Json, type JsonMap, parsed } from '../json.ts';
import { makePod, wrap } from '../pods.ts';
import type { Random } from '../random.ts';
import { hold, ownWords, type Target, timed } from '../target.ts';
import { HOSTILE_TEXTS } from '../words.ts';

interface ManifestInput extends JsonMap {
  /** The lines of the text on standard input. */
  lines: string[];
  format: string;
}

/**
 * Puts manifests as text, well-formed and not, through `cofferdam review`, which must answer with results, or with problems of
 * the project's own.
 */
export const manifestTarget: Target<ManifestInput> = {
  name: 'manifest',
  share: 3,
  make: (random, turn) => {
    const texts = Array.from({ length: 1 + random.few(2) }, (_, i) =>
      textOf(objectFor(random, turn + i), random),
    );
    const lines = texts.join(random.oneIn(8) ? '...\n' : '---\n').split('\n');
    if (random.oneIn(2)) for (let i = 1 + random.few(3); i > 0; i--) disturb(lines, random);
    return { lines, format: random.pick(['table', 'json']) };
  },
  run: async ({ lines, format }) => {
    const stdin = lines.join('\n');
    const { done, milliseconds } = await timed(() => cofferdam(['review', '-', '-o', format], { stdin }));
    const { code, out, err } = done;
    hold([0, 1, 2].includes(code), `the exit code is ${code}`, err);
    hold(!CRASH.test(`${out}${err}`), 'the command failed on what it read', out, err);
    hold(code !== 2 || err !== '', 'no answer, and no word why', out);
    if (format === 'json' && out !== '') hold(parsed(out) !== undefined, 'no JSON', out);
    const problems = err.split('\n').flatMap(line => PROBLEM.exec(line)?.[1] ?? []);
    return {
      milliseconds,
      codes: [...new Set([`exits with ${code}`, ...problems.map(problem => ownWords(problem, stdin))])],
    };
  },
};

/** Words that `attempt`, the last resort of the command line, or Node print of a crash. */
const CRASH = /cofferdam failed on|a fault of cofferdam|\n\s+at \S+ \(|node:internal|\.[cm]?[jt]s:\d+:\d+/;

/** Matches the problem of a line, after its place. */
const PROBLEM = /^\S+ (?:error|warning): (.*)$/;

function objectFor(random: Random, turn: number): Json {
  const pod = makePod(random, turn);
  const object = random.oneIn(2) ? pod : wrap(pod, random);
  if (random.oneIn(3)) garble(object, random);
  if (random.oneIn(8))
    return { apiVersion: 'v1', kind: 'List', items: [object, wrap(makePod(random, turn), random)] };
  if (random.oneIn(12))
    return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { a: 'b' } } };
  return random.oneIn(20) ? { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } } : object;
}

/** The text in block style, in flow style, or as JSON. An object that occurs twice becomes an anchor and its alias. */
function textOf(object: Json, random: Random): string {
  if (random.oneIn(4)) return `${JSON.stringify(object)}\n`;
  if (random.oneIn(6)) return stringify(object, { collectionStyle: 'flow' });
  return stringify(object, { lineWidth: random.oneIn(3) ? 20 : 0 });
}

const LINES = [
  ...[
    '---',
    '...',
    '%YAML 1.1',
    '%TAG ! tag:x,2000:',
    '# comment',
    '\t',
    '  - x',
    '- - - -',
    '? complex',
    ': value',
  ],
  ...[
    '<<: *base',
    'base: &base {a: 1}',
    'again: *base',
    'a: *missing',
    'loop: &loop [*loop]',
    'tagged: !!binary aGk=',
  ],
  ...[
    'tagged: !custom x',
    '!!python/object:os.system',
    'spec: {}',
    'kind: Pod',
    'kind: [Pod]',
    'apiVersion: 1',
  ],
  ...[
    'key: |',
    'key: >-',
    'key: "unclosed',
    "key: 'it''s'",
    'date: 2026-11-24',
    'octal: 0o17',
    'on: yes',
    '{',
    '}',
    '[',
  ],
  ...['\ufeff', '\u0085', '\u2028', '"\\ud800": x', '"\\x00": y', '{{ .Values.image }}', '__proto__: {x: 1}'],
  `deep: ${'['.repeat(300)}`,
  `bomb: {a: &a [x,x], b: &b [*a,*a], c: &c [*b,*b], d: &d [*c,*c], e: &e [*d,*d], f: [*e,*e]}`,
];

function disturb(lines: string[], random: Random): void {
  const at = random.below(lines.length);
  const line = lines[at] ?? '';
  const indent = /^ */.exec(line)?.[0] ?? '';
  switch (random.below(6)) {
    case 0:
      lines.splice(at, 0, `${indent}${random.pick(LINES)}`);
      break;
    case 1:
      lines.splice(at, 1);
      break;
    case 2:
      lines.splice(at, 0, line);
      break;
    case 3:
      lines[at] = line.replace(/: .*/, `: ${random.pick([...HOSTILE_TEXTS, ...LINES])}`);
      break;
    case 4:
      lines[at] = `${' '.repeat(random.below(5))}${line.trimStart()}`;
      break;
    default:
      lines[at] = line.replace(
        ': ',
        random.pick([': &x ', ': *gone # ', ': !!str ', ':', ': >\n', ' : ', '=']),
      );
  }
}
