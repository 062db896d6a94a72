import { Readable } from 'node:stream';
import type { Command, Option } from 'commander';
import { variableOf } from '../../src/cli/console/env.ts';
import { createProgram } from '../../src/cli/program.ts';
import { KEYS, type Key, OPTIONS, SETTINGS_SCHEMA } from '../../src/cli/settings/schema.ts';
import type { Schema } from '../../src/source/schema.ts';
import { code, page, table } from './markdown.ts';

/** A command as its page describes it. */
export interface Told {
  /** The words that run it, such as `cofferdam export guard`. */
  readonly name: string;
  readonly command: Command;
  /** The meaning of each exit code, by the code. */
  readonly exits: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

/** Every command of the program, with all that it takes, in the order of help. */
export async function commandsTold(): Promise<readonly Told[]> {
  let printed = '';
  const ignore = (): void => {};
  const out = (text: string): void => {
    printed += text;
  };
  const io = { stdin: Readable.from([]), out, err: ignore, env: {}, color: false, isTTY: false };
  const program = await createProgram(io, ignore, undefined);
  const tell = (command: Command, above: string): readonly Told[] => {
    const name = `${above}${command.name()}`;
    printed = '';
    command.outputHelp();
    const { exits, notes } = exitsIn(printed);
    return [{ name, command, exits, notes }, ...command.commands.flatMap(below => tell(below, `${name} `))];
  };
  return tell(program, '');
}

/** The paragraph of a help that explains the exit codes: first `Exit code: 0 if all is fine; 1 …`, then its other sentences. */
export function exitsIn(help: string): Pick<Told, 'exits' | 'notes'> {
  const [, first = '', rest = ''] = /^Exit code(?: of every command)?: (.*)\n((?:.+\n)*)/m.exec(help) ?? [];
  const parts = first.replace(/\.$/, '').split('; ');
  const exits = parts.flatMap(part => {
    const [, number, what] = /^(\d) (?:if )?(.*)$/.exec(part) ?? [];
    return number !== undefined && what !== undefined ? [[number, what] as const] : [];
  });
  return { exits: new Map(exits), notes: rest.split('\n').filter(line => line !== '') };
}

const INTRO = `This page lists every command and what it takes. \`cofferdam COMMAND --help\` prints the same, with notes and examples; every command has \`-h\` and \`--help\`. A flag that is repeatable may be given several times. [The command line](command-line.md) says how to have \`cofferdam\` on your PATH.`;

/** The variables that are read besides those that set a flag: which commands read each, and what it does. */
export const ENVIRONMENT: Readonly<Record<string, readonly [of: string, what: string]>> = {
  NO_COLOR: [
    'all',
    'Any value but the empty one switches colours off ([no-color.org](https://no-color.org)).',
  ],
  FORCE_COLOR: [
    'all',
    'Switches colours on, also in a pipe; `0` and `false` switch them off. `NO_COLOR` comes first.',
  ],
  TERM: ['all', '`dumb` switches colours off.'],
  COLUMNS: ['all', 'Sets the width of the output. Without it, the width is that of the terminal.'],
  KUBECONFIG: [
    '`review --from-cluster`, `doctor`, `verify`, `export guard --from-cluster`',
    'Names the kubeconfig, or several with `:` between them, where `--kubeconfig` does not.',
  ],
  HOME: ['the same', 'Names the folder of `.kube/config`, which is read where no kubeconfig is named.'],
  PATH: [
    '`review`, `explain`, `version`',
    'Names the folders of `helm`, `kustomize` and `kubectl`, which `--helm` and `--kustomize` run, and of `git`, which knows the commit.',
  ],
  KUBERNETES_SERVICE_HOST: [
    '`serve --in-cluster`, and commands that find no kubeconfig',
    'Names the address of the API server. Kubernetes sets it in each Pod.',
  ],
  KUBERNETES_SERVICE_PORT: ['the same', 'Names its port. Without it, the port is 443.'],
};

const VARIABLES = `Each flag of [\`cofferdam serve\`](#cofferdam-serve) can also be set by a variable, whose name stands beside it. The command line comes first, and an empty variable counts as unset. The value for a switch is \`true\`, \`1\`, \`false\` or \`0\`; for a repeatable flag it is a list with commas. \`serve\` warns of a variable that begins with \`COFFERDAM_\` and sets nothing, unless Kubernetes sets it for a Service.`;

/** Every command, flag, variable and exit code, from the program itself. */
export async function commandsPage(): Promise<string> {
  const all = await commandsTold();
  const environment = Object.entries(ENVIRONMENT).map(([name, [of, what]]) => [code(name), of, what]);
  return page(
    'Commands, flags, environment variables and exit codes',
    'src/cli',
    INTRO,
    `## Exit codes\n\n${exitCodes(all)}`,
    `## Environment variables\n\n${VARIABLES}\n\nCommands read these variables, too:`,
    table(['variable', 'by', 'what it does'], environment),
    ...all.map(sectionOf),
    settingsSection(),
  );
}

function exitCodes([program, ...commands]: readonly Told[]): string {
  const cells = ({ exits }: Told): readonly string[] => ['0', '1', '2'].map(one => exits.get(one) ?? '');
  const rows = [
    ...(program ? [['every command', ...cells(program)]] : []),
    ...commands.map(one => [code(one.name), ...cells(one)]),
  ];
  const notes = commands.flatMap(({ name, notes }) => notes.map(note => `${code(name)}: ${note}`));
  return [table(['command', '0', '1', '2'], rows), ...notes].join('\n\n');
}

function sectionOf({ name, command }: Told): string {
  const usage = `${name} ${command.usage()}`;
  const inner = command.commands.map(below => [
    `[${code(`${name} ${below.name()}`)}](#${`${name} ${below.name()}`.replaceAll(' ', '-')})`,
    below.summary() || below.description(),
  ]);
  const parts = [
    `## ${name}`,
    command.description(),
    `Usage: ${code(usage)}`,
    argumentsTable(command),
    inner.length > 0 ? table(['command', 'what it does'], inner) : '',
    flagsTable(command),
  ];
  return parts.filter(part => part !== '').join('\n\n');
}

function argumentsTable({ registeredArguments }: Command): string {
  const rows = registeredArguments.map(one => [
    code(one.name()),
    withChoices(one.description, one.argChoices),
  ]);
  return rows.length > 0 ? table(['argument', 'what it is'], rows) : '';
}

/** Adds a column where flags may be set elsewhere than on the command line. */
function flagsTable(command: Command): string {
  const hasVariables = command.options.some(option => variableOf(command, option) !== undefined);
  const hasKeys = command.options.some(option => option.long === '--config');
  const rows = command.options.map(option => {
    const { what, byDefault } = split(option);
    const variable = variableOf(command, option) ?? '';
    return [
      code(option.flags),
      what,
      byDefault,
      ...(hasVariables ? [code(variable)] : []),
      ...(hasKeys ? [keyOf(option)] : []),
    ];
  });
  const head = [
    ...['flag', 'what it does', 'default'],
    ...(hasVariables ? ['variable'] : []),
    ...(hasKeys ? ['in `.cofferdam.yaml`'] : []),
  ];
  return rows.length > 0 ? table(head, rows) : '';
}

/** Where commander does not know a default, the help has it in brackets. */
function split(option: Option): { readonly what: string; readonly byDefault: string } {
  const [whole, repeatable, told] =
    / \((repeatable)?(?:; )?(?:default: (.*))?\)$/.exec(option.description) ?? [];
  const text = whole === undefined ? option.description : option.description.slice(0, -whole.length);
  const what = withChoices(text, option.argChoices);
  return {
    what: repeatable === undefined ? what : `${what} (repeatable)`,
    byDefault: told ?? knownDefault(option),
  };
}

/** The default of a flag that may be repeated is none, and that of a switch is off. */
const knownDefault = ({ defaultValue, negate }: Option): string =>
  negate || defaultValue === undefined || Array.isArray(defaultValue) ? '' : code(String(defaultValue));

const withChoices = (text: string, choices: readonly string[] | undefined): string =>
  choices ? `${text} (one of ${choices.map(code).join(', ')})` : text;

const keyOf = (option: Option): string => {
  const key = KEYS.find(one => OPTIONS[one] === option.attributeName());
  return key === undefined ? '' : code(option.negate ? `${key}: false` : key);
};

function settingsSection(): string {
  const fields = SETTINGS_SCHEMA.properties as Readonly<Record<Key, Schema>>;
  const rows = KEYS.map(key => [code(key), typeOf(fields[key]), String(fields[key].description)]);
  const text =
    'A repository may have a file with defaults of flags of `review` and `explain`. [Review](review.md#defaults-of-a-repository) says which file counts, and who may change what.';
  return `## .cofferdam.yaml\n\n${text}\n\n${table(['key', 'type', 'what it does'], rows)}`;
}

const typeOf = ({ type, enum: words }: Schema): string =>
  Array.isArray(words)
    ? words.map(word => code(String(word))).join(', ')
    : type === 'array'
      ? 'list'
      : String(type);
