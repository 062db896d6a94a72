import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { run } from '../../src/cli/run.ts';

/** A fenced block under a comment that names the command which prints it: `<!-- cofferdam export runsc -->`. */
const BLOCK = /<!-- cofferdam (export .*?) -->\n```(\w+)\n[\s\S]*?```/g;

/** Fills docs/nodes.md: each block has the output of its command. */
export async function nodesPage(): Promise<string> {
  const text = readFileSync(new URL('../../docs/nodes.md', import.meta.url), 'utf8');
  const printed = new Map<string, string>();
  for (const [, command = ''] of text.matchAll(BLOCK)) printed.set(command, await outputOf(command));
  return text.replace(
    BLOCK,
    (_, command: string, language: string) =>
      `<!-- cofferdam ${command} -->\n\`\`\`${language}\n${printed.get(command)}\`\`\``,
  );
}

async function outputOf(command: string): Promise<string> {
  let out = '';
  const code = await run(command.split(' '), {
    stdin: Readable.from([]),
    out: text => {
      out += text;
    },
    err: () => {},
    env: {},
    color: false,
    isTTY: false,
  });
  if (code !== 0) throw new Error(`docs/nodes.md: cofferdam ${command} exits with ${code}`);
  return out;
}
