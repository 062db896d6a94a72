/**
 * Writes the files that are made from code and data: signals.md, profiles.md, policy-reference.md, doctor.md, labels.md,
 * metrics.md, command-reference.md, the parts in nodes.md, ci/README.md and writing-policies.md, and the guard and the locks
 * for the chart. `node scripts/generate.ts` writes; `node scripts/generate.ts --check` exits 1 when a page is not what it would
 * write.
 */
import { ciPage } from './pages/ci.ts';
import { commandsPage } from './pages/commands.ts';
import { doctorPage } from './pages/doctor.ts';
import { bindingsFile, guardFile, locksFile } from './pages/guard.ts';
import { labelsPage } from './pages/labels.ts';
import { metricsPage } from './pages/metrics.ts';
import { nodesPage } from './pages/nodes.ts';
import { policyPage } from './pages/policies.ts';
import { profilesPage } from './pages/profiles.ts';
import { signalsPage } from './pages/signals.ts';
import { writingPage } from './pages/writing.ts';
import { writeOrCheck } from './write.ts';

const ROOT = new URL('../', import.meta.url);

const PAGES: readonly (readonly [file: string, render: () => string | Promise<string>])[] = [
  ['docs/signals.md', signalsPage],
  ['docs/profiles.md', profilesPage],
  ['docs/policy-reference.md', policyPage],
  ['docs/doctor.md', doctorPage],
  ['docs/labels.md', labelsPage],
  ['docs/metrics.md', metricsPage],
  ['docs/command-reference.md', commandsPage],
  ['docs/nodes.md', nodesPage],
  ['docs/ci/README.md', ciPage],
  ['docs/writing-policies.md', writingPage],
  ['charts/cofferdam/files/guard.yaml', guardFile],
  ['charts/cofferdam/files/locks.yaml', locksFile],
  ['test/golden/guard-bindings.yaml', bindingsFile],
];

for (const [file, render] of PAGES) writeOrCheck(new URL(file, ROOT), await render());
