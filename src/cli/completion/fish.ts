import type { Completed, Flag, Value } from './model.ts';

/**
 * A script with one line for each word that can follow, conditional on the commands before it.
 * https://fishshell.com/docs/current/completions.html
 */
export function fishScript(commands: readonly Completed[]): string {
  const lines = commands.flatMap(({ path, commands: below, options, argument }) => [
    ...below.map(({ name, about }) => `${at(path)} -a ${quoted(name)} -d ${quoted(about)}`),
    ...(argument ? [`${at(path)} ${taken(argument).join(' ')}`.trimEnd()] : []),
    ...options.map(option => `${at(path)} ${flagOf(option)}`),
  ]);
  return `# Completion of cofferdam for fish, made by: cofferdam completion fish
function __cofferdam_at
    set -l at
    for word in (commandline -opc)[2..]
        string match -q -- '-*' $word; and continue
        contains -- (string join / $at $word) ${commands.flatMap(({ path }) => (path.length > 0 ? [path.join('/')] : [])).join(' ')}
        and set -a at $word
    end
    # In quotes, nothing joined is an empty word.
    set -l key (string join / $at)
    test "$key" = "$argv[1]"
end
complete -c cofferdam -f
${lines.join('\n')}
`;
}

const at = (path: readonly string[]): string =>
  `complete -c cofferdam -n ${quoted(`__cofferdam_at ${quoted(path.join('/'))}`)}`;

function flagOf({ short, long, about, value }: Flag): string {
  return [
    ...(short === undefined ? [] : [`-s ${short}`]),
    ...(long === undefined ? [] : [`-l ${long}`]),
    ...(value && !value.isOptional ? [value.isPath ? '-r' : '-x'] : []),
    ...(value ? taken(value) : []),
    `-d ${quoted(about)}`,
  ].join(' ');
}

const taken = ({ words, isPath }: Value): readonly string[] => [
  ...(isPath ? ['-F'] : []),
  ...(words.length > 0 ? [`-a ${quoted(words.join(' '))}`] : []),
];

/** Puts a text into single quotes, within which fish has two escapes. */
const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;
