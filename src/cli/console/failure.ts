/** Why a command has no answer: told in one line, with a hint below it; exit 2. Anything else thrown is a bug. */
export class Failure extends Error {
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.name = 'Failure';
    this.hint = hint;
  }
}
