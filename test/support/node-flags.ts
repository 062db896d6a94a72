import { readFileSync } from 'node:fs';

const [, entrypoint = ''] =
  /^ENTRYPOINT (\[.*\])$/m.exec(readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8')) ?? [];

/** The flags of Node with which the image runs: what is measured, or bounded, is started with the same. */
export const NODE_FLAGS: readonly string[] = (JSON.parse(entrypoint) as readonly string[]).slice(1, -1);
