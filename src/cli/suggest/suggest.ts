import { type Command, InvalidArgumentError } from 'commander';
import { SUGGEST_FORMATS } from '../../report/suggest/index.ts';
import type { Suggested } from '../../report/suggest/suggested.ts';
import { summaryOf } from '../../report/suggest/table.ts';
import { addSourceOptions, isOfCluster } from '../cluster/open.ts';
import { collect } from '../console/collect.ts';
import { Failure } from '../console/failure.ts';
import { helpBelow } from '../console/help.ts';
import type { CliIo, ExitCode } from '../console/io.ts';
import { type OutputOptions, outputOption, parseOutputs, writeAll } from '../console/output.ts';
import { isError, tell } from '../console/tell.ts';
import { addPolicyOptions, EXCLUDE_NAMESPACE } from '../judging/options.ts';
import type { SuggestOptions } from './cluster.ts';

type Options = SuggestOptions & OutputOptions;

const DEFAULT_DAYS = 30;
/** An installation accepts no exemption that expires later, unless it is configured to. */
const MOST_DAYS = 365;

const HELP = `
Makes the set to start with from what a cluster runs: a mode for each namespace, and the narrowest exemptions, with which
nothing that runs would be rejected if it were made anew. Taking away any exemption, or anything that one waives, has
something rejected. What lets a container take over its node comes first: to be looked at, and not to be signed.

The modes are the highest in which nothing is refused and nothing works differently before somebody has seen to it: enforce
where everything stays as it is, inject where something goes into a sandbox in which all that it asks for works, warn
where something needs an exemption or works differently, and where nothing runs. A label that asks for more is kept, unless
it would refuse what runs.

It reads, and changes nothing. Who answers for an exemption, and why, is left open: TODO.

Exit code: 0 if nothing that runs is rejected then; 1 if something is that no exemption helps; 2 if there is no answer (usage, unreadable input or policy).

Examples:
  cofferdam suggest --from-cluster > start.yaml                look at it, complete it, kubectl apply -f start.yaml
  cofferdam suggest --snapshot cluster.json -o table           what there is to decide
  cofferdam suggest --snapshot cluster.json -o html=start.html    a page in one file, to look at and to show around
  cofferdam suggest --snapshot cluster.json --policy strict    the same, for a stricter policy
  cofferdam review --snapshot cluster.json --policy start.yaml    nothing is rejected
`;

/** Registers `cofferdam suggest`. */
export function suggestCommand(program: Command, io: CliIo, answer: (code: ExitCode) => void): void {
  const command = program
    .command('suggest')
    .summary('make the set to start with from what a cluster runs')
    .description(
      'Suggests a mode for each namespace, and the narrowest exemptions with which nothing that runs is rejected.',
    );
  addPolicyOptions(addSourceOptions(command))
    .option('-n, --namespace <name>', 'look at this namespace alone (default: all)')
    .option('--exclude-namespace <name>', EXCLUDE_NAMESPACE, collect)
    .option('--expires-in <days>', 'days after which the exemptions end', toDays, DEFAULT_DAYS)
    .option('--strict', 'give no answer (exit code 2) where a list may not be read')
    .addOption(outputOption(SUGGEST_FORMATS))
    .addHelpText('after', helpBelow(HELP))
    .action(async (options: Options) => {
      answer(await suggest(options, io));
    });
}

function toDays(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days > 0 && days <= MOST_DAYS) return days;
  throw new InvalidArgumentError(`Expected a whole number from 1 to ${MOST_DAYS}.`);
}

async function suggest(options: Options, io: CliIo): Promise<ExitCode> {
  const outputs = parseOutputs(options, SUGGEST_FORMATS);
  if (!isOfCluster(options)) {
    throw new Failure(
      'no cluster',
      'Name one with --from-cluster, or a file that "cofferdam snapshot" has written with --snapshot FILE.',
    );
  }
  // It is loaded only now, as help does not need it.
  const { suggestFor } = await import('./cluster.ts');
  const suggested: Suggested = await suggestFor(options, io);
  tell(suggested.problems, io);
  await writeAll(outputs, SUGGEST_FORMATS, suggested, io);
  const isShown = outputs.some(({ format, file }) => format === 'table' && file === undefined);
  if (!isShown) io.err(`${summaryOf(suggested)}\n`);
  if (suggested.problems.some(isError)) return 2;
  return suggested.left.length > 0 ? 1 : 0;
}
