/**
 * Writes what is made from code and data: signals.md, profiles.md, policy-reference.md, the parts in nodes.md, and the
 * guard and the locks for the chart.
 * `node docs/generate.ts` writes; `node docs/generate.ts --check` exits 1 when a page is not what it would write.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { bindingsFile, guardFile, locksFile } from './pages/guard.ts';
import { nodesPage } from './pages/nodes.ts';
import { policyPage } from './pages/policies.ts';
import { profilesPage } from './pages/profiles.ts';
import { signalsPage } from './pages/signals.ts';

const PAGES: readonly (readonly [file: string, render: () => string | Promise<string>])[] = [
  ['signals.md', signalsPage],
  ['profiles.md', profilesPage],
  ['policy-reference.md', policyPage],
  ['nodes.md', nodesPage],
  ['../charts/cofferdam/files/guard.yaml', guardFile],
  ['../charts/cofferdam/files/locks.yaml', locksFile],
  ['../test/golden/guard-bindings.yaml', bindingsFile],
];

for (const [file, render] of PAGES) {
  const target = new URL(file, import.meta.url);
  const text = await render();
  if (!process.argv.includes('--check')) writeFileSync(target, text);
  else if (read(target) !== text) {
    process.stderr.write(`docs/${file} is out of date: run npm run docs\n`);
    process.exitCode = 1;
  }
}

function read(target: URL): string {
  try {
    return readFileSync(target, 'utf8');
  } catch {
    return '';
  }
}
