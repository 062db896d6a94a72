import { type Command, InvalidArgumentError, type Option } from 'commander';
import { nearest } from '../../source/nearest.ts';
import { clean } from '../../source/text.ts';
import { Failure } from './failure.ts';
import type { CliIo } from './io.ts';

const PREFIX = 'COFFERDAM_';

/** `--tls-cert` → `COFFERDAM_TLS_CERT`, `--no-balanced` → `COFFERDAM_NO_BALANCED`. */
const envName = (option: Option): string =>
  `${PREFIX}${(option.long ?? '').slice(2).toUpperCase().replaceAll('-', '_')}`;

const settable = new WeakSet<Command>();

/** Lets a command take options that its command line leaves out from the environment, and warns of variables that set nothing. */
export function takeFromEnv(command: Command, { env, err }: Pick<CliIo, 'env' | 'err'>): Command {
  settable.add(command);
  return command.hook('preAction', () => {
    // This does not go into a log, as it may explain why the command does not start.
    for (const unknown of unknownEnv(command, env)) err(`warning: ${unknown}\n`);
    applyEnv(command, env);
  });
}

/** The variable that sets an option; undefined where the command takes nothing from the environment. */
export const variableOf = (command: Command, option: Option): string | undefined =>
  settable.has(command) ? envName(option) : undefined;

const SWITCH: Readonly<Record<string, boolean>> = { true: true, '1': true, false: false, '0': false };

/**
 * Sets options that the command line left out from the environment; an empty variable counts as unset. With commander's
 * `env()`, `COFFERDAM_SELF_SIGNED=false` would mean true, and a list would be one word.
 * @throws Failure that names the variable
 */
export function applyEnv(command: Command, env: CliIo['env']): void {
  for (const option of command.options) {
    const name = option.attributeName();
    const word = env[envName(option)];
    if (!word || isServiceLink(envName(option), word) || command.getOptionValueSource(name) === 'cli')
      continue;
    command.setOptionValueWithSource(name, fromWord(option, word), 'env');
  }
}

/**
 * Variables by which Kubernetes tells a Pod of the Services in its namespace, unless enableServiceLinks is false (kubelet
 * `envvars.FromServices`). For one called cofferdam it sets COFFERDAM_PORT to `tcp://10.0.0.1:443`.
 */
const isServiceLink = (name: string, value: string): boolean =>
  /_SERVICE_(HOST|PORT(_\w+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(name) ||
  (name.endsWith('_PORT') && /^(tcp|udp|sctp):\/\//.test(value));

/** A sentence about each variable that looks like an option's but is not: most likely it was mistyped. */
export function unknownEnv(command: Command, env: CliIo['env']): readonly string[] {
  const known = command.options.map(option => envName(option).slice(PREFIX.length));
  return Object.entries(env).flatMap(([name, value = '']) => {
    const rest = name.slice(PREFIX.length);
    if (!name.startsWith(PREFIX) || known.includes(rest)) return [];
    if (isServiceLink(name, value)) return [];
    const meant = nearest(rest, known);
    return [`${clean(name)} is no setting${meant ? `; did you mean ${PREFIX}${meant}?` : ''}`];
  });
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
