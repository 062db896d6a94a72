import { type Command, InvalidArgumentError, type Option } from 'commander';
import { Failure } from './failure.ts';
import type { CliIo } from './io.ts';

/** `--tls-cert` → `COFFERDAM_TLS_CERT`, `--no-balanced` → `COFFERDAM_NO_BALANCED`. */
const envName = (option: Option): string =>
  `COFFERDAM_${(option.long ?? '').slice(2).toUpperCase().replaceAll('-', '_')}`;

const SWITCH: Readonly<Record<string, boolean>> = { true: true, '1': true, false: false, '0': false };

/**
 * Sets options that the command line left out from the environment; an empty variable counts as unset. Not commander's
 * `env()`, for which `COFFERDAM_SELF_SIGNED=false` would mean true, and a list is one word.
 * @throws Failure that names the variable
 */
export function applyEnv(command: Command, env: CliIo['env']): void {
  for (const option of command.options) {
    const name = option.attributeName();
    const word = env[envName(option)];
    if (!word || command.getOptionValueSource(name) === 'cli') continue;
    command.setOptionValueWithSource(name, fromWord(option, word), 'env');
  }
}

function fromWord(option: Option, word: string): unknown {
  if (option.isBoolean()) {
    const value = SWITCH[word];
    if (value === undefined) throw new Failure(`${envName(option)} is "${word}", not true or false`);
    return option.negate ? !value : value;
  }
  const words = Array.isArray(option.defaultValue) ? word.split(',') : [word];
  try {
    return words.reduce<unknown>((previous, one) => parse(option, one, previous), undefined);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new Failure(`${envName(option)} is "${word}". ${error.message}`);
  }
}

const parse = (option: Option, word: string, previous: unknown): unknown =>
  option.parseArg ? option.parseArg(word, previous) : word;
