import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** True where files are only compared with what would be written. */
export const CHECKING = process.argv.includes('--check');

/** Writes a file that is made from others; with `--check`, exits 1 when it is not what would be written. */
export function writeOrCheck(target: URL, text: string): void {
  if (!CHECKING) writeFileSync(target, text);
  else if (read(target) !== text) {
    const file = fileURLToPath(target).slice(ROOT.length);
    process.stderr.write(`${file} is out of date: run npm run docs\n`);
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
