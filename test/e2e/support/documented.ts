import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Output, outputOf } from './output.ts';
import { ownImage } from './own-image.ts';
import { IMAGE, WORK } from './settings.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const SAMPLES = 'docs/samples';

/** Names of namespaces that stand for those of the pages, as your own cluster may have these. */
export const HOME = 'cofferdam-e2e-system';
export const SHOP = 'cofferdam-e2e-shop';

/** The commands of the first shell block after this text of a page. */
export async function commandsAfter(page: string, text: string): Promise<readonly string[]> {
  const after = (await readFile(join(ROOT, page), 'utf8')).split(text)[1];
  const block = after === undefined ? undefined : /```sh\n(.*?)```/s.exec(after)?.[1];
  if (!block) throw new Error(`${page} has no shell block after "${text}"`);
  return block
    .replaceAll('\\\n', '')
    .split('\n')
    .filter(line => line !== '');
}

/**
 * Runs a command of a page in a shell, at the project's root, with the names and files of these tests in place of its examples.
 */
export async function runDocumented(command: string): Promise<Output> {
  const [repository = '', tag = ''] = (await ownImage()).split(/:(?=[^/:]+$)/);
  const line = command
    .replaceAll(
      'image.repository=registry.example/cofferdam',
      `image.repository=${repository} --set-string image.tag=${tag}`,
    )
    .replaceAll('cofferdam-system', HOME)
    .replaceAll(/\bshop\b/g, SHOP)
    .replaceAll(SAMPLES, await samplesHere());
  return outputOf(spawn('bash', ['-c', line], { cwd: ROOT, timeout: 300_000 }));
}

/** The sample Pods, with an image that the nodes have. */
async function samplesHere(): Promise<string> {
  const folder = await mkdtemp(join(WORK, 'samples-'));
  for (const file of await readdir(join(ROOT, SAMPLES))) {
    const text = await readFile(join(ROOT, SAMPLES, file), 'utf8');
    await writeFile(join(folder, file), text.replaceAll('busybox:1.37', IMAGE));
  }
  return folder;
}
