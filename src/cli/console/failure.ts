import { toWrite, whyNotWritten } from '../../source/files/why-not.ts';

/** Why a command has no answer, reported in one line with a hint below it; exit code 2. Anything else that is thrown is a bug. */
export class Failure extends Error {
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.name = 'Failure';
    this.hint = hint;
  }
}

/** A file that a command was to write, and could not. */
export const notWritten = (file: string, error: unknown): Failure =>
  new Failure(`cannot write ${file}: ${whyNotWritten(error)}`, toWrite(error));
