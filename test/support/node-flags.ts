import { readFileSync } from 'node:fs';

const [, entrypoint = ''] =
  /^ENTRYPOINT (\[.*\])$/m.exec(readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8')) ?? [];

/** The flags with which the image runs Node; what tests measure or bound is started with the same flags. */
export const NODE_FLAGS: readonly string[] = (JSON.parse(entrypoint) as readonly string[]).slice(1, -1);
