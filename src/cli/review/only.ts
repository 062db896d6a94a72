import { InvalidArgumentError, Option } from 'commander';
import { OUTCOMES, VERDICTS } from '../../decision/decision.ts';
import { suggest } from '../../source/flaw.ts';
import { offering } from '../console/offered.ts';

const ONLY: readonly string[] = [...VERDICTS, ...OUTCOMES];

export const onlyOption = (): Option =>
  offering(
    new Option(
      '--only <verdicts>',
      'list only these verdicts, such as reject,sandbox, or outcomes as in -o json; the others are counted, and the exit code stays the same',
    ).argParser(toOnly),
    VERDICTS,
  );

/**
 * The words of `--only`, such as `reject,sandbox`; if it is given twice, those of both.
 * @throws InvalidArgumentError
 */
function toOnly(value: string, previous: readonly string[] = []): readonly string[] {
  const words = value.split(',').map(word => word.trim());
  const wrong = words.find(word => !ONLY.includes(word));
  if (wrong === undefined) return [...previous, ...words];
  throw new InvalidArgumentError(
    `"${wrong}" is no verdict or outcome. ${suggest(wrong, ONLY, `Verdicts: ${VERDICTS.join(', ')}.`)}`,
  );
}
