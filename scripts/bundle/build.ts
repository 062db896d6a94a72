/** `npm run build`: the program as npx runs it, in the checkout and where it is installed. */
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type OutputOptions, rolldown } from 'rolldown';
import config from '../../rolldown.config.ts';

const { output, ...input } = config;
const written = output as OutputOptions & { readonly dir: string };

// An earlier version may have left files of other names.
rmSync('dist', { recursive: true, force: true });
const bundle = await rolldown(input);
await bundle.write(written);
await bundle.close();
// npm makes it executable only where it links it.
chmodSync(join(written.dir, 'main.js'), 0o755);
// Node keeps its compiled code in this folder (src/main.ts).
mkdirSync(join(written.dir, 'compile-cache'));
