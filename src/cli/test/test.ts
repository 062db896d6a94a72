import type { Command } from 'commander';
import { CASE_FORMATS } from '../../cases/index.ts';
import type { CaseResults } from '../../cases/results.ts';
import { isFailed } from '../../cases/table.ts';
import { helpBelow } from '../console/help.ts';
import type { CliIo, ExitCode } from '../console/io.ts';
import { type OutputOptions, outputOption, parseOutputs, writeAll } from '../console/output.ts';
import { isError, tell } from '../console/tell.ts';
import { addPolicyOptions, CLUSTER_FILE } from '../judging/options.ts';
import { runCases, type TestOptions } from './run.ts';

const HELP = `
Cases lie beside the policies that they are about: NAME.tests.yaml holds those of NAME.yaml, which is in force with the
built-in policy balanced. With --policy, what it names is in force for all cases in place of that.

A case is a Pod or a manifest, its namespace, and what is expected: verdict, class, isolation, score, signals, rules,
exemptions. A table gives several cases what they have in common once. docs/writing-policies.md shows them, and
docs/schema/policy-tests.schema.json is their schema.

The output also names what no case has shown: rules that never matched, values of labels, tiers, and signals of exemptions.

Exit code: 0 if all cases passed; 1 if some failed; 2 if there is no answer (usage, unreadable cases or policies).

Examples:
  cofferdam test                                      every *.tests.yaml below this folder
  cofferdam test policies/edge.tests.yaml             the cases of policies/edge.yaml
  cofferdam test policies/ --policy policies/         all policies together, as a cluster has them
  cofferdam test policies/ -o junit=results.xml       for CI
`;

/** Registers `cofferdam test`. */
export function testCommand(program: Command, io: CliIo, answer: (code: ExitCode) => void): void {
  const command = program
    .command('test')
    .summary('check policies against cases of what they must decide')
    .description(
      'Judges the Pods of cases by the policies that they are about, and says what is decided otherwise.',
    )
    .argument('[files...]', 'files of cases, or folders with some (default: this folder)');
  addPolicyOptions(command)
    .option('--cluster <file>', CLUSTER_FILE)
    .addOption(outputOption(CASE_FORMATS))
    .addHelpText('after', helpBelow(HELP))
    .action(async (files: string[]) => {
      answer(await test(files, command.opts(), io));
    });
}

async function test(
  files: readonly string[],
  options: TestOptions & OutputOptions,
  io: CliIo,
): Promise<ExitCode> {
  const outputs = parseOutputs(options, CASE_FORMATS);
  const { problems, ...results } = await runCases(files.length > 0 ? files : ['.'], options, io);
  tell(problems, io);
  if (results.tried.length > 0) await writeAll<CaseResults>(outputs, CASE_FORMATS, results, io);
  if (problems.some(isError)) return 2;
  return results.tried.some(isFailed) ? 1 : 0;
}
