import { assumedIn } from '../../input/assumed.ts';
import type { Fixes } from '../../report/fix/fixes.ts';
import { FIX_FORMATS } from '../../report/fix/index.ts';
import { fixLines, untoldSentence } from '../../report/fix/told.ts';
import { assumedSentence } from '../../report/words/assumed.ts';
import { leadsWords } from '../../report/words/leads.ts';
import { objectName } from '../../report/words/terms.ts';
import { clean } from '../../source/text.ts';
import { Failure } from '../console/failure.ts';
import type { CliIo, ExitCode } from '../console/io.ts';
import { parseOutputs, styleFor, writeAll } from '../console/output.ts';
import { version } from '../console/version.ts';
import { inputPaths } from '../judging/options.ts';
import { decisiveIn, tellDecisive } from '../judging/strict.ts';
import { type Asked, ask, type ExplainOptions } from './asked.ts';
import { inFiles } from './fixed-files.ts';
import { holdingInput } from './held-input.ts';
import { type Candidate, candidatesOf } from './judge.ts';
import { isReached, type Searched, searched } from './search.ts';

/** Says what to change in each object that is rejected, or, with `--to`, needs more isolation than it may. */
export async function fix(files: readonly string[], options: ExplainOptions, io: CliIo): Promise<ExitCode> {
  const outputs = parseOutputs(options, FIX_FORMATS);
  const paths = inputPaths(files, options, 'explain');
  if (options.write && paths.includes('-')) {
    throw new Failure(
      '--write changes files, and standard input is none',
      'Leave --write out: it prints a patch.',
    );
  }
  const held = await holdingInput(paths, io);
  const asked = await ask(files, options, held.io);
  const now = Date.now();
  const { all, isPart } = candidatesOf(asked, options, now, io);
  const wanting = all.filter(one => !isReached(one, options));
  const found = searched(wanting, asked, options, now, io);
  const decisive = options.strict ? restingOnAssumed(found, asked.groundOf, now) : [];
  const assumed = assumedIn(
    wanting.map(({ review }) => review.judged),
    asked.groundOf,
  );
  // Where certainty was asked for, no file is changed without it.
  if (tellDecisive({ ...assumed, decisive }, io)) return 2;
  const { namespace, write = false } = options;
  const done = await inFiles(found, { namespace, write, stdin: held.text });
  const fixes: Fixes = { version: version(), ...done };
  tellFixes(fixes, all, io);
  if (wanting.length > 0 && assumedSentence(assumed) !== '') io.err(`${assumedSentence(assumed)}\n`);
  await writeAll(outputs, FIX_FORMATS, fixes, io);
  if (isPart) return 2;
  const isUntold = fixes.untold.length > 0 && outputs.some(({ format }) => format === 'text');
  return isUntold || fixes.fixes.some(({ byHand }) => byHand !== undefined) ? 1 : 0;
}

/** The names of objects whose verdict, before or after the change, rests on an assumption. */
const restingOnAssumed = (
  found: readonly Searched[],
  groundOf: Asked['groundOf'],
  now: number,
): readonly string[] => [
  ...new Set(
    found.flatMap(({ subject, review, mended }) => [
      ...decisiveIn(review, groundOf(subject), now),
      ...(mended ? decisiveIn({ ...review, judged: mended }, groundOf(subject), now) : []),
    ]),
  ),
];

function tellFixes({ fixes, untold, written }: Fixes, all: readonly Candidate[], io: CliIo): void {
  const style = { ...styleFor(undefined, io), color: io.color && io.isTTY };
  for (const one of fixes) io.err(`${fixLines(one, style).join('\n')}\n`);
  for (const one of untold) io.err(`${untoldSentence(one)}\n`);
  for (const file of written) io.err(`changed ${clean(file)}\n`);
  if (fixes.length > 0) return;
  const [only, ...others] = all;
  const what =
    only && others.length === 0
      ? `${objectName(only.review.result)}: ${leadsWords(only.review.result.decision)}`
      : `${all.length} objects, none of which has to be changed`;
  io.err(`nothing to fix: ${what}\n`);
}
