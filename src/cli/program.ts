import { Command } from 'commander';
import { doctorCommand } from './doctor.ts';
import { explainCommand } from './explain.ts';
import { exportCommand } from './export.ts';
import type { CliIo, ExitCode } from './io.ts';
import { reviewCommand } from './review.ts';
import { serveCommand } from './serve.ts';
import { verifyCommand } from './verify.ts';
import { version } from './version.ts';

/** Registers one command. `answer` sets the exit code of a command that ran; without a call it is 0. */
export type Register = (program: Command, io: CliIo, answer: (code: ExitCode) => void) => void;

/** In the order in which help lists them. */
const COMMANDS: readonly Register[] = [
  serveCommand,
  reviewCommand,
  explainCommand,
  doctorCommand,
  verifyCommand,
  exportCommand,
];

const EXAMPLES = `
Examples:
  cofferdam serve --self-signed --samples   a webhook to try out, and what it says of sample Pods
  cofferdam review deploy/                  which sandbox each Pod of these manifests would run in
  cofferdam explain pod.yaml                why
  cofferdam review --from-cluster           what would become of the Pods that a cluster runs
  cofferdam doctor                          what is wrong with a cluster's sandboxes, and how to mend it
  cofferdam verify                          whether the sandboxes of a cluster are what they claim
  cofferdam export containerd               how a node is set up for gVisor

Exit code of every command: 0 fine; 1 the answer is no; 2 no answer.
`;

/** The whole command line, wired to `io`. Throws CommanderError where commander would exit. */
export function createProgram(io: CliIo, answer: (code: ExitCode) => void): Command {
  const program = new Command('cofferdam')
    .description(
      'Decides, for every Pod, whether it may share the host kernel or must run in a sandbox, and which.',
    )
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err, getOutHasColors: () => io.color });
  for (const register of COMMANDS) register(program, io, answer);
  hintAfterError(program, program.name());
  return program;
}

/** One line that says what is wrong is better read than a screen of help; this says where the screen is. */
function hintAfterError(command: Command, name: string): void {
  command.showHelpAfterError(`Run "${name} --help" for usage.`);
  for (const below of command.commands) hintAfterError(below, `${name} ${below.name()}`);
}
