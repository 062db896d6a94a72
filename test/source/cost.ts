import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** A file that repeats one text up to a size. */
export interface Flood {
  readonly start?: string;
  readonly unit: string;
  readonly end?: string;
}

export interface Cost {
  readonly code: number | null;
  /** The peak of the process's resident memory, in MB. */
  readonly megabytes: number;
  readonly seconds: number;
  readonly out: string;
  readonly err: string;
}

const SMALL =
  'apiVersion: v1\nkind: Pod\nmetadata: {name: beside}\nspec: {containers: [{name: a, image: a:1}]}\n';

const LADEN = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'laden' },
  spec: {
    ...{ hostNetwork: true, hostPID: true, hostIPC: true },
    containers: [{ name: 'a', image: 'a:1', securityContext: { privileged: true } }],
    volumes: [{ name: 'v', hostPath: { path: '/' } }],
  },
};

/** Measures what `cofferdam review` costs on such a file, with a small manifest beside it that must keep its result. */
export function costOf({ start = '', unit, end = '' }: Flood, megabytes: number): Cost {
  const folder = mkdtempSync(join(tmpdir(), 'cofferdam-'));
  try {
    const file = join(folder, 'a.yaml');
    const count = Math.floor((megabytes * 1e6 - start.length - end.length) / Buffer.byteLength(unit));
    writeFileSync(file, `${start}${unit.repeat(count)}${end}`);
    writeFileSync(join(folder, 'b.yaml'), SMALL);
    return run([file, join(folder, 'b.yaml')]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const MAIN = new URL('../../src/main.ts', import.meta.url).href;
const RUNNER = `
  process.on('exit', () => process.stderr.write('\\n' + process.resourceUsage().maxRSS));
  await import(${JSON.stringify(MAIN)});
`;

function run(files: readonly string[]): Cost {
  const from = performance.now();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', RUNNER, 'cofferdam', 'review', ...files],
    { encoding: 'utf8', maxBuffer: 1 << 30 },
  );
  const end = stderr.lastIndexOf('\n');
  return {
    code: status,
    megabytes: Math.round((Number(stderr.slice(end + 1)) * 1024) / 1e6),
    seconds: Math.round(performance.now() - from) / 1000,
    out: stdout,
    err: stderr.slice(0, end),
  };
}

/** Contents that once cost most, or for which a limit exists. */
export const FLOODS: Readonly<Record<string, Flood>> = {
  'brackets of lists': { unit: '[' },
  'brackets of maps': { unit: '{"a":' },
  'dashes in dashes': { unit: '- ' },
  'keys in keys': { unit: '? ' },
  'empty maps in a List of JSON': { start: '{"kind":"List","items":[', unit: '{},', end: '{}]}' },
  'numbers in JSON': { start: '{"a":[', unit: '0,', end: '0]}' },
  'lines of JSON': { unit: '{}\n' },
  'one string of JSON': {
    start: '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"',
    unit: '\\u0001',
    end: '"},"spec":{"containers":[{"name":"a"}]}}',
  },
  'one text in double quotes': { start: 'a: "', unit: 'b', end: '"' },
  'texts in double quotes': { unit: `- "${'b'.repeat(400)}"\n` },
  'texts in double quotes, with a tag': { unit: `- !!str "${'b'.repeat(400)}"\n` },
  'one line of text': { unit: 'a' },
  'lines of text': { unit: 'a\n' },
  'empty lines': { unit: '\n' },
  comments: { unit: '#\n' },
  'entries of a map': { unit: 'a: b\n' },
  'entries of a list': { unit: '- a\n' },
  'entries of a flow list': { start: 'a: [', unit: 'b,' },
  commas: { start: '[', unit: ',' },
  quotes: { unit: '"' },
  anchors: { unit: '&a ' },
  aliases: { start: 'a: &a b\nc:\n', unit: '- *a\n' },
  'aliases in a flow list, as many as there may be': {
    start: `a: &a b\nc: [${'*a,'.repeat(370_000)}]\n# `,
    unit: 'c',
  },
  'errors of a flow list, as many as there may be': { start: `a: [${'-,'.repeat(370_000)}]\n# `, unit: 'c' },
  tags: { unit: '- !a b\n' },
  documents: { unit: 'a\n---\n' },
  separators: { unit: '---\n' },
  'broken documents': { unit: '{a\n---\n' },
  dots: { unit: '...\n' },
  directives: { unit: '%YAML 1.2\n' },
  'block scalars': { unit: '- |\n  a\n' },
  'block scalars of blank lines': { unit: `a: |\n${'\n'.repeat(490_000)}  b\n---\n` },
  'one block scalar': { start: 'a: |\n', unit: '  b\n' },
  'actions of templates': { unit: '{{}}' },
  braces: { unit: '{{' },
  'bytes that are no text': { unit: '\u0000' },
  'characters of two bytes': { start: 'a: ', unit: '€' },
  'the smallest Pods': { unit: 'apiVersion: v1\nkind: Pod\nspec: {containers: [{name: a}]}\n---\n' },
  'the smallest objects': { unit: 'kind: A\napiVersion: v1\n---\n' },
  Namespaces: { unit: 'kind: Namespace\napiVersion: v1\nmetadata: {name: a}\n---\n' },
  'Pods of JSON with every finding': {
    start: '{"kind":"List","items":[',
    unit: `${JSON.stringify(LADEN)},`,
    end: `${JSON.stringify(LADEN)}]}`,
  },
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wanted = process.argv.slice(2);
  for (const [name, flood] of Object.entries(FLOODS)) {
    if (wanted.length > 0 && !wanted.some(word => name.includes(word))) continue;
    const { code, megabytes, seconds, out, err } = costOf(flood, 50);
    const kept = out.includes('Pod/beside') ? '' : '  LOST';
    process.stdout.write(
      `${String(megabytes).padStart(5)} MB ${seconds.toFixed(1).padStart(6)} s  exit ${code}  ${name}${kept}  ${err.slice(0, 90).replaceAll('\n', ' ')}\n`,
    );
  }
}
