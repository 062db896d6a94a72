import { execFile } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const LOAD = fileURLToPath(new URL('../../cluster/load.sh', import.meta.url));
const MINUTES = 60_000;

/** The time for building the image where none of it is cached, in milliseconds. */
export const BUILD_TIMEOUT = 15 * MINUTES;

let image: Promise<string> | undefined;

/**
 * The project's image on the nodes: the one in TEST_COFFERDAM_E2E_OWN_IMAGE, or one that is built and loaded into the cluster
 * of test/cluster.
 */
export function ownImage(): Promise<string> {
  image ??= findImage();
  return image;
}

async function findImage(): Promise<string> {
  const given = process.env.TEST_COFFERDAM_E2E_OWN_IMAGE;
  if (given) return given;
  await promisify(execFile)(LOAD, ['cofferdam'], { timeout: BUILD_TIMEOUT });
  return 'localhost/cofferdam:1';
}
