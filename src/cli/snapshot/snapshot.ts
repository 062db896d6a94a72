import type { Command } from 'commander';
import { clean, count, quote } from '../../source/text.ts';
import { addConnectionOptions, type ConnectionOptions, connectTo } from '../cluster/connection.ts';
import { helpBelow } from '../console/help.ts';
import type { CliIo, ExitCode } from '../console/io.ts';
import type { SaveOptions } from './save.ts';

type SnapshotOptions = ConnectionOptions & SaveOptions;

const HELP = `
Saves what review, diff, suggest and explain read with --snapshot: Pods and workloads, Namespaces, Nodes, RuntimeClasses, what this
project has in the cluster, and which namespaces its webhooks are for. It reads the cluster, and writes nothing there.

What stays is a list of fields. All else is gone: Secrets and ConfigMaps, which are not read at all, values of environment
variables, commands and arguments, paths and headers of probes, settings of volumes by drivers, annotations that no decision
reads, addresses, histories and states. Verdicts are those of the cluster; a rule of a policy that reads what is gone is told.

It is JSON with an object a line, in the order of the cluster and with nothing of the moment in it, so that it can be
committed, and its diff tells what has changed. Only whoever saved it may read the file: it says what could be attacked.

Exit code: 0 if it was saved; 2 if there is no answer (usage, a cluster that cannot be read, a file that cannot be written).

Examples:
  cofferdam snapshot cluster.json                   then: cofferdam review --snapshot cluster.json
  cofferdam snapshot shop.json -n shop              the Pods of one namespace
  cofferdam snapshot - --context prod > prod.json
`;

/** Registers `cofferdam snapshot`. */
export function snapshotCommand(program: Command, io: CliIo, answer: (code: ExitCode) => void): void {
  const command = program
    .command('snapshot')
    .summary('save what a cluster runs, without its secrets')
    .description('Saves what a cluster runs, and what decides on it, to one file without secrets.')
    .argument('<file>', 'file to write, - for standard output')
    .option('-n, --namespace <name>', 'save the Pods of this namespace alone (default: those of all)')
    .option('--strict', 'save nothing (exit code 2) where a list may not be read');
  addConnectionOptions(command)
    .addHelpText('after', helpBelow(HELP))
    .action(async (file: string, options: SnapshotOptions) => {
      await snapshot(file, options, io);
      answer(0);
    });
}

async function snapshot(file: string, options: SnapshotOptions, io: CliIo): Promise<void> {
  const client = await connectTo(options);
  // It is loaded only now, as help does not need it.
  const [{ save }, { openTarget }] = await Promise.all([import('./save.ts'), import('./target.ts')]);
  const target = await openTarget(file, io);
  try {
    const { pods, others } = await save(client, target, options, io);
    await target.done();
    const what = `${count(pods, 'Pod')} and ${count(others, 'other object')}`;
    const where = file === '-' ? '' : ` to ${clean(file)}`;
    io.err(`note: saved ${what} of context ${quote(client.context)}${where}\n`);
  } catch (error) {
    await target.abandon();
    throw error;
  }
}
