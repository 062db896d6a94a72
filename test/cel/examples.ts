import { readFileSync } from 'node:fs';

const PAGE = readFileSync(new URL('../../docs/cel.md', import.meta.url), 'utf8');

/** The fenced blocks of a language in docs/cel.md. */
export const blocks = (language: string): string[] =>
  [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(([, text]) => text ?? '');

/** `expression // answer` on each line. */
export const examples = blocks('cel')
  .flatMap(text => text.split('\n'))
  .filter(line => line.trim() !== '')
  .map((line): [expression: string, answer: string] => {
    const at = line.lastIndexOf(' // ');
    return at < 0 ? [line, 'nothing'] : [line.slice(0, at).trim(), line.slice(at + 4).trim()];
  });
