import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'rolldown';

const PACKAGE = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;
const LICENCE = /^(licen[cs]e|notice|copying)/i;

/** Writes the licences of the packages whose code is in the bundle, since those licences require it. */
export function licences(): Plugin {
  return {
    name: 'licences',
    generateBundle(_, bundle) {
      const modules = Object.values(bundle).flatMap(output =>
        'moduleIds' in output ? output.moduleIds : [],
      );
      const folders = new Set(modules.flatMap(id => PACKAGE.exec(id)?.[0] ?? []));
      const texts = [...folders].sort().map(licenceOf);
      this.emitFile({ type: 'asset', fileName: 'LICENSES.txt', source: texts.join('\n') });
    },
  };
}

function licenceOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter(file => LICENCE.test(file));
  const texts = files.map(file => readFileSync(join(folder, file), 'utf8').trim());
  return `${name} ${version}: ${license}\n\n${texts.join('\n\n')}\n`;
}
