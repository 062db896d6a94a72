import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { BUILD_TIMEOUT } from './own-image.ts';
import type { ReleaseOf } from './release.ts';

/** The last commit before the guard had shares, bounds and rules. */
const COMMIT = '70ea596';

const script = (name: string): string => fileURLToPath(new URL(`../../cluster/${name}.sh`, import.meta.url));
const run = async (name: string, ...args: readonly string[]): Promise<string> =>
  (await promisify(execFile)(script(name), args, { timeout: BUILD_TIMEOUT })).stdout.trim();

export interface Previous extends ReleaseOf {
  /** Removes its files. */
  remove(): Promise<void>;
}

/** The previous version, with its chart and its image on the nodes; TEST_COFFERDAM_E2E_PREVIOUS_IMAGE may name the image. */
export async function previousVersion(): Promise<Previous> {
  const folder = await mkdtemp(join(tmpdir(), 'cofferdam-previous-'));
  const archive = await run('previous', COMMIT, folder);
  const given = process.env.TEST_COFFERDAM_E2E_PREVIOUS_IMAGE;
  if (!given) await run('load', archive);
  return {
    chart: join(folder, 'charts', 'cofferdam'),
    image: given ?? 'localhost/cofferdam-previous:1',
    remove: () => rm(folder, { recursive: true }),
  };
}
