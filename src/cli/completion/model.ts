import type { Command, Option } from 'commander';
import { shorten } from '../../source/text.ts';
import { offeredBy } from '../console/offered.ts';

/** What can be typed after the program's name, for the scripts of shells. */
export interface Completed {
  /** The names of commands below the program; empty for the program itself. */
  readonly path: readonly string[];
  /** The commands below it. */
  readonly commands: readonly Named[];
  readonly options: readonly Flag[];
  /** Its argument besides options; undefined where it takes none. */
  readonly argument: Value | undefined;
}

export interface Named {
  readonly name: string;
  readonly about: string;
}

export interface Flag {
  /** The letter of the short flag. */
  readonly short: string | undefined;
  readonly long: string | undefined;
  readonly about: string;
  readonly isRepeatable: boolean;
  /** The value; undefined for a switch. */
  readonly value: Value | undefined;
}

/** A word that the user chooses. */
export interface Value {
  /** The placeholder for it in help. */
  readonly label: string;
  readonly words: readonly string[];
  /** Whether it may be a path. */
  readonly isPath: boolean;
  readonly isOptional: boolean;
}

/** The program and all its commands, each before those below it. */
export function completedOf(
  command: Command,
  path: readonly string[] = [],
  beside: readonly Command[] = [],
): readonly Completed[] {
  const help = command.createHelp();
  const below = help.visibleCommands(command);
  const own: Completed = {
    path,
    commands: below.map(one => ({ name: one.name(), about: aboutOf(help.subcommandDescription(one)) })),
    options: help.visibleOptions(command).map(flagOf),
    argument: argumentOf(command, beside),
  };
  return [own, ...below.flatMap(one => completedOf(one, [...path, one.name()], command.commands))];
}

function flagOf(option: Option): Flag {
  const label = /[<[](.+)[>\]]/.exec(option.flags)?.[1];
  return {
    short: option.short?.replace(/^-/, ''),
    long: option.long?.replace(/^--/, ''),
    about: aboutOf(option.description),
    isRepeatable: /\brepeatable\b/.test(option.description),
    value:
      label === undefined
        ? undefined
        : { label, words: offeredBy(option), isPath: IS_PATH.test(label), isOptional: !option.required },
  };
}

/** The argument of `help` is one of the commands beside it. */
function argumentOf(command: Command, beside: readonly Command[]): Value | undefined {
  const [first] = command.registeredArguments;
  if (!first) return undefined;
  const label = first.name();
  const others = command.name() === 'help' ? beside : [];
  return {
    label,
    words: first.argChoices ?? others.map(one => one.name()),
    isPath: IS_PATH.test(label),
    isOptional: !first.required,
  };
}

/** A path is recognized by its placeholder, such as `<name|path>`, unless it only follows another word. */
const IS_PATH = /^[^=]*\b(files?|paths?)\b/;

/** One line, short enough for the lists that shells show. */
const aboutOf = (description: string): string => shorten(description.replace(/ \(.*$|[;:] .*$/s, ''), 72);
