/**
 * Writes what charts/cofferdam takes from elsewhere in the project, and its README from its values.
 * `node docs/chart.ts` writes; `node docs/chart.ts --check` exits 1 when a file is not what it would write.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { CHART_FILES } from './pages/chart.ts';

const FOLDER = new URL('../charts/cofferdam/', import.meta.url);

for (const [path, render] of Object.entries(CHART_FILES)) {
  const target = new URL(path, FOLDER);
  const text = render();
  if (!process.argv.includes('--check')) writeFileSync(target, text);
  else if (read(target) !== text) {
    process.stderr.write(`charts/cofferdam/${path} is out of date: run npm run docs\n`);
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
