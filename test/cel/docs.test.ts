import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { bindCel, compileCel } from '../../src/policy/cel.ts';
import { VARIABLES } from './rules.ts';

const PAGE = readFileSync(new URL('../../docs/cel.md', import.meta.url), 'utf8');

/** The fenced blocks of a language. */
const blocks = (language: string): string[] =>
  [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(([, text]) => text ?? '');

/** `expression // answer` on each line. */
const examples = blocks('cel')
  .flatMap(text => text.split('\n'))
  .filter(line => line.trim() !== '')
  .map((line): [expression: string, answer: string] => {
    const at = line.lastIndexOf(' // ');
    return at < 0 ? [line, 'nothing'] : [line.slice(0, at).trim(), line.slice(at + 4).trim()];
  });

const [pod] = blocks('yaml').map(text => parse(text) as unknown);
const bindings = bindCel({ object: pod, namespaceObject: null });

function answerOf(expression: string): string {
  const program = compileCel(expression, VARIABLES);
  if ('problem' in program) return 'refused';
  const result = program.evaluate(bindings);
  return typeof result === 'boolean' ? String(result) : 'error';
}

describe('docs/cel.md', () => {
  it('has examples of each answer', () => {
    expect(new Set(examples.map(([, answer]) => answer))).toEqual(
      new Set(['true', 'false', 'error', 'refused']),
    );
  });

  it.each(examples)('%s is %s', (expression, answer) => {
    expect(answerOf(expression)).toBe(answer);
  });
});
