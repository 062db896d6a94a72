import { type Command, InvalidArgumentError } from 'commander';
import { type Change, type Difference, type Fate, HURTS } from '../../report/diff/change.ts';
import { DIFF_FORMATS } from '../../report/diff/index.ts';
import { addSourceOptions, isOfCluster } from '../cluster/open.ts';
import { choiceHint } from '../console/choices.ts';
import { collect } from '../console/collect.ts';
import { helpBelow } from '../console/help.ts';
import type { CliIo, ExitCode } from '../console/io.ts';
import { outputOption, parseOutputs, writeAll } from '../console/output.ts';
import { refuseJudged } from '../console/same-file.ts';
import { isError, tell } from '../console/tell.ts';
import { addInputOptions, CLUSTER_FILE } from '../judging/options.ts';
import { applySettings } from '../settings/apply.ts';
import { ofFiles } from './files.ts';
import { type DiffOptions, FAIL_ON, type FailOn } from './options.ts';

const HELP = `
Judges each object twice: by what was, and by what will be. First comes what hurts: what would be newly rejected, what would
be less isolated, and what would wait, as no ready node can take it any more; then all else that changes, and how many run where before and after.

What will be is named as for review: --policy, --cluster. What was is named by the same flags with "base" in front, and is
the same where these are left out. --base REV takes the policies of --policy as they are in a revision of git. With
--from-cluster or --snapshot, what was is what is in force there, and --policy stands in for what has the same names.

Exit code: 0 if nothing that hurts changes; 1 if something does (--fail-on); 2 if there is no answer (usage, unreadable input or policy).

Examples:
  cofferdam diff deploy/ --policy policies/ --base main            a change of policies, in its pull request
  cofferdam diff deploy/ --policy strict                           what strict does to manifests that balanced judged
  cofferdam diff --from-cluster --policy policies/                 before these policies are applied to a cluster
  cofferdam diff deploy/ --policy strict -o html=diff.html         a page in one file, to look at and to show around
  cofferdam diff --snapshot cluster.json --policy policies/        the same, without a way to the cluster
  cofferdam diff deploy/ --base-cluster now.yaml --cluster then.yaml    a class or a pool of nodes comes or goes
`;

/** Registers `cofferdam diff`. */
export function diffCommand(program: Command, io: CliIo, answer: (code: ExitCode) => void): void {
  const command = program
    .command('diff')
    .summary('say what a change of policies or of a cluster does to each workload')
    .description(
      'Says which Pods would be rejected, or run elsewhere, after a change of policies or of a cluster.',
    )
    .argument('[files...]', 'files or folders to read, - for standard input');
  addSourceOptions(addInputOptions(command))
    .option('--base <revision>', 'git revision with the policies of the state before, such as main')
    .option('--base-policy <name|path>', 'like --policy, for the state before (repeatable)', collect)
    .option('--base-cluster <file>', `for the state before: ${CLUSTER_FILE}`)
    .option('--no-base-balanced', 'like --no-balanced, for the state before')
    .option(
      '--fail-on <change>',
      `changes that make the exit code 1, separated by commas: ${Object.keys(FAIL_ON).join(', ')} (default: rejected,less-isolated,would-wait)`,
      failOn,
    )
    .addOption(outputOption(DIFF_FORMATS))
    .addHelpText('after', helpBelow(HELP))
    .action(async (files: string[], options: DiffOptions) => {
      // A cluster has its own policies, and no settings file.
      if (!isOfCluster(options)) await applySettings(command, io);
      const isNamed = command.getOptionValueSource('namespace') !== 'default';
      answer(await diff(files, command.opts(), isNamed, io));
    });
}

function failOn(text: string): readonly FailOn[] {
  const words = text.split(',');
  const unknown = words.find(word => !Object.hasOwn(FAIL_ON, word));
  if (unknown === undefined) return words as FailOn[];
  throw new InvalidArgumentError(choiceHint(unknown, Object.keys(FAIL_ON)));
}

async function diff(
  files: readonly string[],
  options: DiffOptions,
  isNamed: boolean,
  io: CliIo,
): Promise<ExitCode> {
  const outputs = parseOutputs(options, DIFF_FORMATS);
  const difference = isOfCluster(options)
    ? await fromCluster(files, options, isNamed, io)
    : await ofFiles(files, options, io);
  tell(difference.problems, io);
  refuseJudged(
    outputs.map(({ file }) => file),
    difference.pairs.map(({ after }) => after.source),
  );
  await writeAll<Difference>(outputs, DIFF_FORMATS, difference, io);
  if (difference.problems.some(isError)) return 2;
  return difference.changes.some(isFailure(options.failOn)) ? 1 : 0;
}

/** @param isNamed whether a namespace was named */
async function fromCluster(
  files: readonly string[],
  options: DiffOptions,
  isNamed: boolean,
  io: CliIo,
): Promise<Difference> {
  // It is loaded only now, as judging manifests needs no network.
  const { ofCluster } = await import('./cluster.ts');
  return ofCluster(files, isNamed ? options.namespace : undefined, options, io);
}

function isFailure(words: readonly FailOn[] | undefined): (change: Change) => boolean {
  const fates: readonly (Fate | undefined)[] = words?.map(word => FAIL_ON[word]) ?? HURTS;
  return change => change.fates.some(fate => fates.includes(fate));
}
