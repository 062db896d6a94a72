import type { Completed, Flag, Value } from './model.ts';
import { quoted } from './quoted.ts';

/**
 * A script that works in bash 3.2, which macOS has, except for `compopt`: there, files are offered wherever there is nothing
 * else to offer. https://www.gnu.org/software/bash/manual/html_node/Programmable-Completion.html
 */
export function bashScript(commands: readonly Completed[]): string {
  return `# Completion of cofferdam for bash, made by: cofferdam completion bash
_cofferdam() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command= words= flags= paths= i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$command/\${COMP_WORDS[i]}" in
      ${commands.flatMap(({ path }) => (path.length > 0 ? [keyOf(path)] : [])).join(' | ')}) command+=/\${COMP_WORDS[i]} ;;
    esac
  done
  # An equals sign is a word of its own: what is behind it belongs to what is before.
  [[ $cur == = ]] && { prev== cur=; }
  if [[ $prev == = ]]; then
    prev=\${COMP_WORDS[COMP_CWORD-2]}
    [[ \${COMP_WORDS[COMP_CWORD]} == = ]] && prev=\${COMP_WORDS[COMP_CWORD-1]}
    [[ $prev == --* ]] || return 0
  fi
  case "$command:$prev" in
${commands.flatMap(valueCases).join('\n')}
    *)
      case "$command" in
${commands.map(commandCase).join('\n')}
      esac
      [[ $cur == -* || -z $words$paths ]] && words=$flags paths=
      ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  if [[ -z $paths ]]; then
    compopt +o default 2>/dev/null
  elif [[ -n $words ]]; then
    compopt -o filenames 2>/dev/null
    local IFS=$'\\n'
    COMPREPLY+=($(compgen -f -- "$cur"))
  fi
  return 0
}
complete -o default -F _cofferdam cofferdam
`;
}

const keyOf = (path: readonly string[]): string => path.map(name => `/${name}`).join('');

/** The case for the word after an option that takes a value. */
function valueCases({ path, options }: Completed): readonly string[] {
  return options.flatMap(option => {
    const { value } = option;
    if (!value || value.isOptional) return [];
    const names = namesOf(option).map(name => `${keyOf(path)}:${name}`);
    return [`    ${names.join(' | ')}) ${settingsOf(value)} ;;`];
  });
}

/** The case for any other word of a command. */
function commandCase({ path, commands, options, argument }: Completed): string {
  const flags = options.flatMap(namesOf).join(' ');
  const words = [...commands.map(({ name }) => name), ...(argument?.words ?? [])];
  const value = { words, isPath: argument?.isPath === true };
  return `        ${keyOf(path) || "''"}) flags=${quoted(flags)} ${settingsOf(value)} ;;`;
}

const settingsOf = ({ words, isPath }: Pick<Value, 'words' | 'isPath'>): string =>
  [`words=${quoted(words.join(' '))}`, ...(isPath ? ['paths=yes'] : [])].join(' ');

const namesOf = ({ short, long }: Flag): readonly string[] => [
  ...(short === undefined ? [] : [`-${short}`]),
  ...(long === undefined ? [] : [`--${long}`]),
];
