import type { Command } from 'commander';
import { SIGNAL_FORMATS } from '../../report/signals/index.ts';
import { SIGNALS, signalById } from '../../signals/index.ts';
import type { Signal } from '../../signals/signal.ts';
import { suggest } from '../../source/flaw.ts';
import { clean } from '../../source/text.ts';
import { Failure } from '../console/failure.ts';
import { helpBelow } from '../console/help.ts';
import type { CliIo, ExitCode } from '../console/io.ts';
import { type OutputOptions, outputOption, parseOutputs, writeAll } from '../console/output.ts';

const HELP = `
Policies weigh signals by these ids, exemptions waive them, and reviews name what they find by them. The weights are the
built-in ones, which a policy may change. "cofferdam explain" shows what becomes of a Pod's signals in each sandbox.

Exit code: 0 if they were listed; 2 on wrong usage.

Examples:
  cofferdam signals                all of them
  cofferdam signals hostPID        why it matters, what to do, and where that is written
  cofferdam signals -o json
`;

/** Registers `cofferdam signals`. */
export function signalsCommand(program: Command, io: CliIo, answer: (code: ExitCode) => void): void {
  program
    .command('signals')
    .summary('list what is looked for in a Pod')
    .description(
      'Lists the signals that are looked for in a Pod, with category and weight, or shows all about the signals that you name.',
    )
    .argument('[ids...]', 'signals, as policies name them')
    .addOption(outputOption(SIGNAL_FORMATS))
    .addHelpText('after', helpBelow(HELP))
    .action(async (ids: readonly string[], options: OutputOptions) => {
      const outputs = parseOutputs(options, SIGNAL_FORMATS);
      const signals = ids.length > 0 ? ids.map(named) : SIGNALS;
      await writeAll(outputs, SIGNAL_FORMATS, { signals, isNamed: ids.length > 0 }, io);
      answer(0);
    });
}

/** @throws Failure where no signal has that id */
function named(id: string): Signal {
  const signal = signalById.get(id);
  if (signal) return signal;
  throw new Failure(
    `there is no signal ${clean(id)}`,
    suggest(id, [...signalById.keys()], '"cofferdam signals" lists them.'),
  );
}
