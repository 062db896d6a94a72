import type { Command } from 'commander';
import { runCheck } from '../../doctor/check.ts';
import { CHECKS, PREFLIGHT } from '../../doctor/checks/index.ts';
import { draftsFor } from '../../doctor/workloads.ts';
import type { Checkup } from '../../report/checkup/checkup.ts';
import { CHECKUP_FORMATS } from '../../report/checkup/index.ts';
import { addConnectionOptions, type ConnectionOptions, connectTo } from '../cluster/connection.ts';
import { helpBelow } from '../console/help.ts';
import type { CliIo, ExitCode } from '../console/io.ts';
import { type OutputOptions, outputOption, parseOutputs, writeAll } from '../console/output.ts';
import { version } from '../console/version.ts';
import { addPolicyOptions } from '../judging/options.ts';
import { type ExamineOptions, examine } from './state.ts';

interface DoctorOptions extends ConnectionOptions, ExamineOptions, OutputOptions {}

const HELP = `
Marks: ✓ fine; - a note; ! worth a look; ✗ broken or unsafe. It only reads, and says what it was not allowed to list.

Exit code: 0 if nothing failed; 1 if a check failed; 2 if there is no answer (usage, or the cluster cannot be reached).

Examples:
  cofferdam doctor                                          before and after an installation
  cofferdam doctor --preflight                              what enforcing every namespace would break
  cofferdam doctor --preflight -o exemptions=drafts.yaml    and exemptions for it, to review and complete
  cofferdam doctor -o json --context prod
`;

/** Registers `cofferdam doctor`. */
export function doctorCommand(program: Command, io: CliIo, answer: (code: ExitCode) => void): void {
  const command = program
    .command('doctor')
    .summary('check a cluster, and say how to mend it')
    .description(
      'Checks sandboxes, nodes, webhooks, certificates, namespaces and exemptions of a cluster, and says how to mend what is wrong.',
    )
    .option('--preflight', 'also judge what runs, as if every namespace were in mode enforce')
    .addOption(outputOption(CHECKUP_FORMATS));
  addConnectionOptions(addPolicyOptions(command))
    .addHelpText('after', helpBelow(HELP))
    .action(async (options: DoctorOptions) => answer(await doctor(options, io)));
}

async function doctor(options: DoctorOptions, io: CliIo): Promise<ExitCode> {
  const outputs = parseOutputs(options, CHECKUP_FORMATS);
  const client = await connectTo(options);
  const { state, ground } = await examine(client, options, io);
  const context = { now: Date.now(), server: state.server, snapshot: ground.snapshot };
  const checks = options.preflight ? [...CHECKS, ...PREFLIGHT] : CHECKS;
  const { workloads } = state.lists;
  const checkup: Checkup = {
    version: version(),
    context: client.context,
    checks: checks.map(check => runCheck(check, state, context)),
    drafts: workloads && 'items' in workloads ? draftsFor(workloads.items, context) : [],
  };
  await writeAll(outputs, CHECKUP_FORMATS, checkup, io);
  return checkup.checks.some(({ mark }) => mark === 'failure') ? 1 : 0;
}
