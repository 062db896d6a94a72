import { Argument, type Command } from 'commander';
import { choosing } from '../console/choices.ts';
import { helpBelow } from '../console/help.ts';
import type { CliIo, ExitCode } from '../console/io.ts';
import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import { type Completed, completedOf } from './model.ts';
import { zshScript } from './zsh.ts';

/** The scripts, by the name of the shell. */
export const SHELLS: Readonly<Record<string, (commands: readonly Completed[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

const HELP = `
The script knows all commands and options by itself, and starts nothing when Tab is pressed, so print it again after an upgrade.
It completes the command cofferdam, which has to be on PATH, as it is after "npm link" in the checkout.

Exit code: 0 if it was printed; 2 on wrong usage.

Examples:
  cofferdam completion bash > ~/.local/share/bash-completion/completions/cofferdam   with the package bash-completion
  cofferdam completion bash >> ~/.bashrc                                             without it
  cofferdam completion zsh > ~/.zfunc/_cofferdam                                     where fpath has ~/.zfunc before compinit
  cofferdam completion fish > ~/.config/fish/completions/cofferdam.fish
`;

/** Registers `cofferdam completion`, whose script needs all other commands to be registered as well. */
export function completionCommand(program: Command, io: CliIo, answer: (code: ExitCode) => void): void {
  program
    .command('completion')
    .summary('print a script that completes commands in a shell')
    .description('Prints a script that completes commands, options and their values in a shell.')
    .addArgument(choosing(new Argument('<shell>', 'the shell'), Object.keys(SHELLS)))
    .addHelpText('after', helpBelow(HELP))
    .action((shell: string) => {
      io.out(SHELLS[shell]?.(completedOf(program)) ?? '');
      answer(0);
    });
}
