/**
 * Writes the script and the style that HTML pages contain from src/report/html/page: src/report/html/page.gen.ts. `node
 * scripts/page.ts` writes; `node scripts/page.ts --check` exits 1 when the file is not what it would write.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { writeOrCheck } from './write.ts';

const FOLDER = new URL('../src/report/html/page/', import.meta.url);
/** The order matters: of two rules that are equally specific, the later one counts. */
const STYLES = [
  'colours',
  'frame',
  'meanings',
  'overview',
  'cards',
  'tools',
  'rows',
  'section',
  'change',
  'footer',
  'narrow',
  'wide',
  'print',
];

const bundle = await rolldown({ input: fileURLToPath(new URL('main.ts', FOLDER)), platform: 'browser' });
const { output } = await bundle.generate({ format: 'iife', minify: true });
await bundle.close();
const style = STYLES.map(name => readFileSync(new URL(`style/${name}.css`, FOLDER), 'utf8'))
  .join('')
  .replaceAll(/\/\*.*?\*\//gs, '')
  .replaceAll(/\s+/g, ' ')
  .trim();
writeOrCheck(
  new URL('../page.gen.ts', FOLDER),
  `// Made from src/report/html/page by scripts/page.ts; do not edit.

/** The script of a page, as it stands in it. */
export const SCRIPT = ${JSON.stringify(output[0].code.trim())};

/** Its style. */
export const STYLE = ${JSON.stringify(style)};
`,
);
