import { normalize } from 'node:path';
import { compare } from '../../report/baseline/compare.ts';
import { entryOf } from '../../report/baseline/entry.ts';
import { baselineText, readBaseline } from '../../report/baseline/file.ts';
import type { Review } from '../../report/result.ts';
import type { Entry } from '../../report/since.ts';
import { type Problem, placeRead, placeText } from '../../source/document.ts';
import { NO_INPUT, readSources } from '../../source/files/files.ts';
import { isThere } from '../../source/is-there.ts';
import { clean, count } from '../../source/text.ts';
import { Failure } from '../console/failure.ts';
import type { CliIo } from '../console/io.ts';
import { writeText } from '../console/output.ts';
import { isError } from '../console/tell.ts';

export interface BaselineOptions {
  readonly baseline?: string;
  readonly writeBaseline?: string;
}

/** @throws Failure that says in one line what is wrong with the file */
export async function loadBaseline(file: string): Promise<readonly Entry[]> {
  const { documents, problems } = await readSources([file], NO_INPUT);
  const broken = problems.find(isError);
  if (broken) throw failureOf(broken);
  const [document] = documents;
  if (!document || documents.length > 1 || document.position.file !== file) {
    throw new Failure(
      `${file}: found ${count(documents.length, 'document')}, expected one baseline`,
      'Name a file that --write-baseline has written.',
    );
  }
  const read = readBaseline(document);
  if ('problem' in read) throw failureOf(read.problem);
  return read.entries;
}

const failureOf = ({ position, path, message, fix }: Problem): Failure =>
  new Failure(
    `${placeText(position)}: ${path ? `${path}: ` : ''}${message}`,
    position.line === undefined ? 'Write it first, with --write-baseline FILE.' : fix,
  );

/** A review compared with a baseline, and the entries of the next baseline. */
export interface Against {
  readonly review: Review;
  readonly entries: readonly Entry[];
}

/**
 * A review with what is new since a baseline, or, where a baseline is only written, since now.
 * @param read the files that were read: what is known about others is neither gone nor forgotten
 * @param known the baseline's entries; undefined where there is none yet
 */
export async function againstBaseline(
  review: Review,
  read: readonly string[],
  known: readonly Entry[] | undefined,
  { baseline, writeBaseline }: BaselineOptions,
): Promise<Against> {
  if (baseline === undefined && writeBaseline === undefined) return { review, entries: [] };
  const now = review.results.flatMap(result => entryOf(result) ?? []);
  const broken = new Set(review.problems.filter(isError).map(({ position }) => placeRead(position).file));
  const unread = await unreadOf(
    known ?? [],
    read.filter(file => !broken.has(file)),
  );
  const { since, gone } = compare(known?.filter(({ file }) => !unread.has(file)) ?? now, review.results);
  return {
    review: {
      ...review,
      results: review.results.map((result, i) => ({ ...result, ...(since[i] && { since: since[i] }) })),
      baseline: { file: baseline ?? writeBaseline ?? '', gone },
    },
    entries: [...now, ...(known ?? []).filter(({ file }) => unread.has(file))],
  };
}

/** Existing files that this review did not read: a hook only reviews those of a commit. */
async function unreadOf(known: readonly Entry[], read: readonly string[]): Promise<ReadonlySet<string>> {
  const asked = new Set(read.map(file => normalize(file)));
  const others = [...new Set(known.map(({ file }) => file))].filter(file => !asked.has(file));
  const unread = new Set<string>();
  // They are looked up one after the other, as there may be as many as there are objects.
  for (const file of others) if (await exists(file)) unread.add(file);
  return unread;
}

/** Whether a file exists; what was piped, or made from a folder, counts as existing while nobody has read it again. */
const exists = (file: string): Promise<boolean> =>
  file === '-' || file.endsWith(')') ? Promise.resolve(true) : isThere(file);

/**
 * Writes the baseline for the next review.
 * @throws Failure when the file cannot be written
 */
export async function renewBaseline(
  { review: { problems }, entries }: Against,
  { writeBaseline: file }: BaselineOptions,
  io: CliIo,
): Promise<void> {
  if (file === undefined) return;
  if (problems.some(isError)) {
    // Whatever was not judged would be missing in it, and be new later.
    io.err(`note: ${clean(file)} is left as it is, as not everything was judged\n`);
    return;
  }
  await writeText(file, baselineText(entries), io);
  const findings = entries.reduce((sum, entry) => sum + entry.findings.length, 0);
  io.err(
    `note: wrote ${count(entries.length, 'object')} with ${count(findings, 'finding')} to ${clean(file)}; give it with --baseline\n`,
  );
}
