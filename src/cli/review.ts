import { type Command, Option } from 'commander';
import { MODES, type Mode } from '../admission/mode.ts';
import type { Subjects } from '../input/subjects.ts';
import { FORMATS } from '../report/index.ts';
import type { Review, Reviewed } from '../report/result.ts';
import type { Problem } from '../source/document.ts';
import { byPlace, isError, loadGround, tell } from './ground.ts';
import { readInput } from './input.ts';
import type { CliIo, ExitCode } from './io.ts';
import { type Ground, groundFor, unknowns } from './judge.ts';
import { addInputOptions, collect, type InputOptions, inputPaths } from './options.ts';
import { parseOutputs, styleFor, writeOutput } from './output.ts';
import { progressOn } from './progress.ts';
import { reviewed } from './reviewed.ts';
import { version } from './version.ts';

const FAIL_ON = ['reject', 'sandbox', 'never'] as const;
type FailOn = (typeof FAIL_ON)[number];

interface ReviewOptions extends InputOptions {
  readonly output?: readonly string[];
  readonly mode: Mode | 'namespace';
  readonly failOn?: FailOn;
}

const FORMAT_NAMES = Object.keys(FORMATS);

const HELP = `
Judges Pods, and every workload with a Pod template, as the webhook would. Other kinds are passed over and counted.

Exit code: 0 fine; 1 a verdict is at or above --fail-on; 2 no answer (usage, unreadable input or policy).

Examples:
  cofferdam review deploy/                              every manifest in a folder
  helm template ./chart | cofferdam review -            what a chart would make
  cofferdam review -f pod.yaml --policy strict          against a built-in policy
  cofferdam review -f deploy/ --cluster cluster.yaml    against the classes and nodes of a cluster
  cofferdam review -f deploy/ -o table -o json=out.json
`;

/** Registers `cofferdam review`. */
export function reviewCommand(program: Command, io: CliIo, answer: (code: ExitCode) => void): void {
  const command = program
    .command('review')
    .summary('judge manifests without a cluster')
    .description('Says which sandbox each Pod of some manifests would run in, or why it would be rejected.')
    .argument('[files...]', 'files or folders to read, - for standard input');
  addInputOptions(command)
    .option(
      '-o, --output <format[=file]>',
      `${FORMAT_NAMES.join(', ')} (repeatable; default: table)`,
      collect,
    )
    .addOption(
      new Option(
        '--mode <mode>',
        'mode that the verdicts are told for; "namespace" goes by the labels of Namespaces',
      )
        .choices([...MODES, 'namespace'])
        .default('enforce'),
    )
    .addOption(
      new Option(
        '--fail-on <verdict>',
        'least verdict that makes the exit code 1 (default: reject in mode enforce, never in the others)',
      ).choices(FAIL_ON),
    )
    .addHelpText('after', HELP)
    .action(async (files: string[], options: ReviewOptions) => answer(await review(files, options, io)));
}

async function review(files: readonly string[], options: ReviewOptions, io: CliIo): Promise<ExitCode> {
  const outputs = parseOutputs(options.output ?? [], FORMAT_NAMES);
  const paths = inputPaths(files, options, 'review');
  const ground = await loadGround(options, io);
  const input = await readInput(paths, options.namespace, io);
  const judged = judgeAll(input, groundFor(ground, input.namespaces), options.mode, io);
  const problems = byPlace([...input.problems, ...judged.problems]);
  tell(problems, io);
  const result: Review = { version: version(), results: judged.results, skipped: input.skipped, problems };
  for (const output of outputs) {
    const text = FORMATS[output.format]?.(result, styleFor(output, io)) ?? '';
    await writeOutput(output, text, io);
  }
  if (problems.some(isError)) return 2;
  return judged.results.some(one => fails(one, options.failOn)) ? 1 : 0;
}

function judgeAll(
  { subjects }: Subjects,
  ground: Ground,
  mode: ReviewOptions['mode'],
  io: CliIo,
): { readonly results: readonly Reviewed[]; readonly problems: readonly Problem[] } {
  const results: Reviewed[] = [];
  const problems: Problem[] = [];
  const now = Date.now();
  const progress = progressOn(io, 'judged', subjects.length);
  subjects.forEach((subject, i) => {
    progress.tick(i);
    const unknown = unknowns(subject, ground);
    problems.push(...unknown);
    if (unknown.length === 0) results.push(reviewed(subject, ground, mode, now));
  });
  progress.end();
  return { results, problems };
}

/** Mode `off` judges nothing, so nothing can fail there; other modes than `enforce` fail only when asked to. */
function fails({ mode, decision }: Reviewed, failOn: FailOn | undefined): boolean {
  if (mode === 'off') return false;
  const threshold = failOn ?? (mode === 'enforce' ? 'reject' : 'never');
  if (threshold === 'never' || decision.verdict === 'admit') return false;
  return decision.verdict === 'reject' || threshold === 'sandbox';
}
