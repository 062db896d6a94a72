import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { SNAPSHOT_KIND } from '../../snapshot/write.ts';
import { Failure, notWritten } from '../console/failure.ts';
import type { CliIo } from '../console/io.ts';

/** The destination of a snapshot, which is written piece by piece. */
export interface Target {
  write(text: string): Promise<void>;
  /** Moves what was written to its place. */
  done(): Promise<void>;
  /** Leaves whatever was there before unchanged. */
  abandon(): Promise<void>;
}

/** How many characters are gathered before they are written. */
const CHUNK = 1024 * 1024;

/** How many bytes of a file are read to see whether it is a snapshot. */
const START = 1024;

/** A snapshot shows which workloads of a cluster could reach their nodes, so only its owner may read it. */
const MODE = 0o600;

/**
 * @param file `-` for standard output
 * @throws Failure when it cannot be written, as do its functions
 */
export async function openTarget(file: string, io: CliIo): Promise<Target> {
  if (file === '-') return gathering(async text => io.out(text));
  await refuseOther(file);
  return orFailure(file, async () => {
    const place = await realpath(file).catch(() => file);
    // A device or a pipe is written to, not replaced.
    const isOther = (await stat(place).catch(() => undefined))?.isFile() === false;
    if (isOther)
      return toFile(
        file,
        await open(place, 'w'),
        async () => undefined,
        async () => undefined,
      );
    const beside = `${place}.partial`;
    await rm(beside, { force: true });
    const handle = await open(beside, 'wx', MODE);
    return toFile(
      file,
      handle,
      () => rename(beside, place),
      () => rm(beside, { force: true }),
    );
  });
}

/** Refuses to overwrite another file: whoever names a manifest here mistakes the argument for the input. */
async function refuseOther(file: string): Promise<void> {
  const start = await startOf(file).catch(() => '');
  if (start.trim() === '' || start.includes(`"${SNAPSHOT_KIND}"`)) return;
  throw new Failure(
    `${file} is there already, and is no snapshot, so nothing was written`,
    'Name another file, or delete this one first.',
  );
}

/** The first bytes, in which a snapshot says what it is; empty where it is not a regular file, or cannot be read. */
async function startOf(file: string): Promise<string> {
  if (!(await stat(file)).isFile()) return '';
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(START), 0, START, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

function toFile(
  file: string,
  handle: FileHandle,
  put: () => Promise<void>,
  drop: () => Promise<void>,
): Target {
  const target = gathering(text => orFailure(file, async () => void (await handle.appendFile(text))));
  return {
    write: target.write,
    done: async () => {
      await target.done();
      await orFailure(file, async () => {
        await handle.close();
        await put();
      });
    },
    abandon: async () => {
      await handle.close().catch(() => undefined);
      await drop();
    },
  };
}

function gathering(write: (text: string) => Promise<void>): Target {
  let parts: string[] = [];
  let size = 0;
  const flush = async (): Promise<void> => {
    const text = parts.join('');
    parts = [];
    size = 0;
    await write(text);
  };
  return {
    write: async text => {
      parts.push(text);
      size += text.length;
      if (size >= CHUNK) await flush();
    },
    done: flush,
    abandon: async () => undefined,
  };
}

async function orFailure<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw notWritten(file, error);
  }
}
