import { type Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_IMAGE } from '../../verify/probe.ts';
import { VERIFY_FORMATS } from '../../verify/report.ts';
import { addConnectionOptions, type ConnectionOptions } from '../cluster/connection.ts';
import { collect } from '../console/collect.ts';
import { helpBelow } from '../console/help.ts';
import { type OutputOptions, outputOption } from '../console/output.ts';
import { policyOption } from '../judging/options.ts';

export interface VerifyOptions extends ConnectionOptions, OutputOptions {
  readonly class?: readonly string[];
  readonly node?: readonly string[];
  readonly privileged?: true;
  readonly policy?: readonly string[];
  readonly image: string;
  readonly namespace?: string;
  readonly parallel: number;
  readonly timeout: number;
  readonly hostKernel?: string;
  readonly script?: true;
  /** The name of the file; `true` is standard output. */
  readonly writeProfiles?: string | true;
}

const HELP = `
Each RuntimeClass is probed on each node that claims its handler: a short-lived Pod tells what kernel it sees. It holds to
the Pod Security Standard Restricted, carries no token, and is removed afterwards, also on Ctrl-C. The kubeconfig needs to
list RuntimeClasses, Nodes and SandboxProfiles, and to make and remove Pods, and a Namespace unless -n names one.

Exit code: 0 if all are verified; 1 if something is not what it claims; 2 if there is no answer (could not run, usage).
For a transcript: 0 if it is consistent with a sandbox, 1 if with the host kernel, 2 if it does not tell.

Examples:
  cofferdam verify                                  every class on every node that claims it
  cofferdam verify --class gvisor --node node1      one of them
  cofferdam verify --privileged                     and what privileged Pods see of the node's disks
  cofferdam verify --policy profiles.yaml -o json   against SandboxProfiles that are not applied yet
  cofferdam verify --privileged --write-profiles    SandboxProfiles for handlers that nobody knows, to look through

  docker run --rm --runtime=runsc alpine sh -c 'uname -a; cat /proc/version; dmesg' | cofferdam verify -
  docker run --rm --runtime=kata alpine sh -c "$(cofferdam verify --script)" | cofferdam verify - --host-kernel "$(uname -r)"
`;

export function addVerifyOptions(command: Command): Command {
  command
    .argument('[transcript]', '- to read what such a probe printed from standard input, without a cluster')
    .option('--class <name>', 'RuntimeClass to probe (repeatable; default: all)', collect)
    .option('--node <name>', 'node to probe (repeatable; default: all)', collect)
    .option(
      '--privileged',
      'also run a privileged probe, which tries to read a byte of each disk that it sees',
    )
    .addOption(policyOption('whose SandboxProfiles say what handlers promise'))
    .option('--image <name>', 'image of the probe: sh, uname, cat, dmesg, head and wc', DEFAULT_IMAGE)
    .option('-n, --namespace <name>', 'namespace of the probes (default: one that is made for them)')
    .addOption(count('--parallel <number>', 'probes at the same time', 8, 100))
    .addOption(count('--timeout <seconds>', 'time for one probe', 60, 3600));
  return addConnectionOptions(command)
    .option('--host-kernel <release>', 'for a transcript: what "uname -r" prints on the host')
    .option(
      '--write-profiles [file]',
      'draft a SandboxProfile for each handler that no profile names, from what is seen (default: in place of the table)',
    )
    .option('--script', 'print the script that a probe runs')
    .addOption(outputOption(VERIFY_FORMATS))
    .addHelpText('after', helpBelow(HELP));
}

function count(flags: string, description: string, preset: number, most: number): Option {
  return new Option(flags, description).default(preset).argParser(word => {
    const value = Number(word);
    if (/^\d+$/.test(word) && value >= 1 && value <= most) return value;
    throw new InvalidArgumentError(`Expected a number from 1 to ${most}.`);
  });
}
