/**
 * Writes charts/cofferdam/files/crds, the CustomResourceDefinitions, from the JSON Schemas of the policy objects.
 * `node scripts/crds.ts` writes; `node scripts/crds.ts --check` exits 1 when a file is not what it would write.
 */
import { mkdirSync } from 'node:fs';
import { KINDS } from '../src/source/group.ts';
import { crdFile, crdOf } from './pages/crds.ts';
import { CHECKING, writeOrCheck } from './write.ts';

const FOLDER = new URL('../charts/cofferdam/files/crds/', import.meta.url);

if (!CHECKING) mkdirSync(FOLDER, { recursive: true });
for (const kind of KINDS) writeOrCheck(new URL(crdFile(kind), FOLDER), crdOf(kind));
