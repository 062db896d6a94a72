import { Command } from 'commander';
import { fitHelp, helpBelow } from './console/help.ts';
import type { CliIo, ExitCode } from './console/io.ts';
import { refuseSameFile } from './console/same-file.ts';
import { version } from './console/version.ts';

/** Registers one command. A command calls `answer` to set its exit code; without a call it is 0. */
export type Register = (program: Command, io: CliIo, answer: (code: ExitCode) => void) => void;

/** The commands in the order of help. Each is loaded on demand, as it needs little of what the others do. */
export const COMMANDS: Readonly<Record<string, () => Promise<Register>>> = {
  serve: async () => (await import('./serve/serve.ts')).serveCommand,
  review: async () => (await import('./review/review.ts')).reviewCommand,
  explain: async () => (await import('./explain/explain.ts')).explainCommand,
  diff: async () => (await import('./diff/diff.ts')).diffCommand,
  snapshot: async () => (await import('./snapshot/snapshot.ts')).snapshotCommand,
  suggest: async () => (await import('./suggest/suggest.ts')).suggestCommand,
  test: async () => (await import('./test/test.ts')).testCommand,
  init: async () => (await import('./init/init.ts')).initCommand,
  doctor: async () => (await import('./doctor/doctor.ts')).doctorCommand,
  verify: async () => (await import('./verify/verify.ts')).verifyCommand,
  export: async () => (await import('./export/export.ts')).exportCommand,
  signals: async () => (await import('./signals/signals.ts')).signalsCommand,
  completion: async () => (await import('./completion/completion.ts')).completionCommand,
  version: async () => (await import('./version/version.ts')).versionCommand,
};

const EXAMPLES = `
Examples:
  cofferdam serve --self-signed --samples   a webhook to try out, and what it says of sample Pods
  cofferdam review deploy/                  which sandbox each Pod of these manifests would run in
  cofferdam explain pod.yaml                why
  cofferdam diff deploy/ --policy policies/ --base main    what a change of policies does to each workload
  cofferdam test policies/                  whether policies do what their cases say
  cofferdam init                            a first set of policies, with their tests, and a file for CI
  cofferdam review --from-cluster           what would become of the Pods that a cluster runs
  cofferdam snapshot cluster.json           what a cluster runs, saved without its secrets for review, diff and explain
  cofferdam suggest --from-cluster          modes and exemptions to start with, so that nothing that runs is rejected
  cofferdam doctor                          what is wrong with a cluster's sandboxes, and how to mend it
  cofferdam verify                          whether the sandboxes of a cluster are what they claim
  cofferdam export containerd               how a node is set up for gVisor

Here and in hints, cofferdam stands for how it is run: in its checkout, npx --no-install cofferdam; with its image,
docker run --rm -i IMAGE; as a plugin, kubectl cofferdam.

Exit code of every command: 0 if all is well; 1 if something fails, such as a rejected Pod; 2 if there is no answer.
`;

/**
 * The command line, connected to `io`: with only the command called `name`, or with all. Parsing throws CommanderError where
 * commander would exit.
 */
export async function createProgram(
  io: CliIo,
  answer: (code: ExitCode) => void,
  name: string | undefined,
): Promise<Command> {
  const program = new Command(io.name ?? 'cofferdam')
    .description(
      'Decides, for every Pod, whether it may share the host kernel or must run in a sandbox, and which.',
    )
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .addHelpText('after', helpBelow(EXAMPLES))
    .hook('preAction', (_, command) => refuseSameFile(command))
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err, getOutHasColors: () => io.color });
  fitHelp(program, io);
  for (const command of wantedBy(name)) {
    const register = await COMMANDS[command]?.();
    register?.(program, io, answer);
  }
  hintAfterError(program, program.name());
  return program;
}

/** The commands that a first word refers to; all of them for an unknown word, help and completion. */
function wantedBy(word: string | undefined): readonly string[] {
  if (word === '-V' || word === '--version') return [];
  if (word === 'completion') return Object.keys(COMMANDS);
  return word !== undefined && Object.hasOwn(COMMANDS, word) ? [word] : Object.keys(COMMANDS);
}

/** Only says how to get help, as one line that says what is wrong is easier to read than a screen of help. */
function hintAfterError(command: Command, name: string): void {
  command.showHelpAfterError(`Run "${name} --help" for usage.`);
  for (const below of command.commands) hintAfterError(below, `${name} ${below.name()}`);
}
