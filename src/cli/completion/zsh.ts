import type { Completed, Flag, Value } from './model.ts';
import { quoted } from './quoted.ts';

/**
 * A script with a function for each command, by `_arguments`. It is to be sourced, or to be in a folder of $fpath as
 * `_cofferdam`. https://zsh.sourceforge.io/Doc/Release/Completion-System.html
 */
export function zshScript(commands: readonly Completed[]): string {
  return `#compdef cofferdam
# Completion of cofferdam for zsh, made by: cofferdam completion zsh
${commands.map(functionOf).join('\n')}
if [[ $funcstack[1] == _cofferdam ]]; then
  _cofferdam "$@"
else
  compdef _cofferdam cofferdam
fi
`;
}

const nameOf = (path: readonly string[]): string => ['_cofferdam', ...path].join('__');

function functionOf(command: Completed): string {
  const { path, commands, options, argument } = command;
  const specs = options.map(specOf);
  if (commands.length === 0) {
    const rest = argument ? [quoted(`*:${escaped(argument.label)}:${actionOf(argument)}`)] : [];
    return `${nameOf(path)}() {\n  _arguments ${[...specs, ...rest].join(' \\\n    ')}\n}`;
  }
  const names = commands.map(({ name, about }) => quoted(`${name}:${about}`));
  const cases = commands.map(({ name }) => `        ${name}) ${nameOf([...path, name])} ;;`);
  return `${nameOf(path)}() {
  local curcontext=$curcontext state line
  local -a commands=(
    ${names.join('\n    ')}
  )
  _arguments -C ${[...specs, "'1:command:->command'", "'*:: :->rest'"].join(' \\\n    ')}
  case $state in
    command) _describe -t commands command commands ;;
    rest)
      curcontext=\${curcontext%:*:*}:${nameOf(path).slice(1)}-$line[1]:
      case $line[1] in
${cases.join('\n')}
      esac
      ;;
  esac
}`;
}

/** Options with the same meaning exclude each other, except those that may be repeated. */
function specOf({ short, long, about, isRepeatable, value }: Flag): string {
  const names = [...(short === undefined ? [] : [`-${short}`]), ...(long === undefined ? [] : [`--${long}`])];
  const optional = value?.isOptional ? '::' : ':';
  const rest = `[${escaped(about)}]${value ? `${optional}${escaped(value.label)}:${actionOf(value)}` : ''}`;
  return names
    .map(name => {
      // The value may be the next word or, for a long name, follow an equals sign.
      const taking = value && name.startsWith('--') ? `${name}${value.isOptional ? '=-' : '='}` : name;
      return quoted(isRepeatable ? `*${taking}${rest}` : `(${names.join(' ')})${taking}${rest}`);
    })
    .join(' ');
}

function actionOf({ words, isPath }: Value): string {
  const listed = words.map(escaped).join(' ');
  if (words.length === 0) return isPath ? '_files' : ' ';
  // Within an action, colons belong to what encloses it.
  return isPath ? `{ _alternative words\\:word\\:"(${listed})" files\\:file\\:_files }` : `(${listed})`;
}

const escaped = (text: string): string => text.replace(/[\\[\]:]/g, '\\$&');
