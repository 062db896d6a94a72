/**
 * Writes charts/cofferdam/files/crds, the CustomResourceDefinitions, from the JSON Schemas of the policy objects.
 * `node docs/crds.ts` writes; `node docs/crds.ts --check` exits 1 when a file is not what it would write.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { KINDS } from '../src/policy/schema/index.ts';
import { crdFile, crdOf } from './pages/crds.ts';

const FOLDER = new URL('../charts/cofferdam/files/crds/', import.meta.url);

if (!process.argv.includes('--check')) mkdirSync(FOLDER, { recursive: true });
for (const kind of KINDS) {
  const target = new URL(crdFile(kind), FOLDER);
  if (!process.argv.includes('--check')) writeFileSync(target, crdOf(kind));
  else if (read(target) !== crdOf(kind)) {
    process.stderr.write(
      `charts/cofferdam/files/crds/${crdFile(kind)} is out of date: run node docs/crds.ts\n`,
    );
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
