/** A control: reads each file of a folder, and turns it into plain data with the library that reviews use. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { parseAllDocuments } from 'yaml';

const [folder = ''] = process.argv.slice(2);
let documents = 0;
for (const name of readdirSync(folder)) {
  const all = parseAllDocuments(readFileSync(join(folder, name), 'utf8'));
  for (const document of all) if ('toJS' in document && document.toJS() !== null) documents++;
}
process.stdout.write(`${documents}\n`);
