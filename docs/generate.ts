/**
 * Writes what is made from code and data: signals.md, profiles.md, policy-reference.md, the parts in nodes.md, and the
 * guard and the locks for the chart.
 * `node docs/generate.ts` writes; `node docs/generate.ts --check` exits 1 when a page is not what it would write.
 */
import { bindingsFile, guardFile, locksFile } from './pages/guard.ts';
import { nodesPage } from './pages/nodes.ts';
import { policyPage } from './pages/policies.ts';
import { profilesPage } from './pages/profiles.ts';
import { signalsPage } from './pages/signals.ts';
import { writeOrCheck } from './write.ts';

const PAGES: readonly (readonly [file: string, render: () => string | Promise<string>])[] = [
  ['signals.md', signalsPage],
  ['profiles.md', profilesPage],
  ['policy-reference.md', policyPage],
  ['nodes.md', nodesPage],
  ['../charts/cofferdam/files/guard.yaml', guardFile],
  ['../charts/cofferdam/files/locks.yaml', locksFile],
  ['../test/golden/guard-bindings.yaml', bindingsFile],
];

for (const [file, render] of PAGES) writeOrCheck(new URL(file, import.meta.url), await render());
