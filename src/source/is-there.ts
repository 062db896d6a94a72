import { access } from 'node:fs/promises';

/** Whether a path leads to a file or a folder, even by links. */
export const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
