import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { nodesPage } from '../../scripts/pages/nodes.ts';
import { RUNSC_ARGUMENTS } from '../../src/export/runsc.ts';

const page = readFileSync(new URL('../../docs/nodes.md', import.meta.url), 'utf8');

it('shows what the commands print', async () => {
  expect(await nodesPage()).toBe(page);
});

it('shows no configuration that is not printed by a command', () => {
  const blocks = [...page.matchAll(/(.*)\n```(?:toml|json|yaml)\n/g)].map(([, above]) => above);
  expect(blocks.filter(above => !above?.startsWith('<!-- cofferdam export '))).toEqual([]);
  const parts = new Set(blocks.map(above => above?.split(' ')[3]));
  expect([...parts].sort()).toEqual(['containerd', 'crio', 'docker', 'runsc', 'runtimeclasses']);
});

it('gives runsc install the flags that are exported', () => {
  const commands = page.replaceAll(/\\\n */g, '');
  expect(commands).toContain(`\nrunsc install -- ${RUNSC_ARGUMENTS.join(' ')}\n`);
});
