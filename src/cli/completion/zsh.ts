import { allCommands, type CompletedCommand, type Values } from './model.ts';

/** A script for zsh: as a file in $fpath, or to be sourced. */
export function zshCompletion(program: CompletedCommand): string {
  const commands = allCommands(program);
  const { name } = program;
  const paths = commands.slice(1).map(({ path }) => `"${path}"`);
  return `#compdef ${name}
# zsh completion for ${name}. As _${name} in a folder of $fpath, or: source <(${name} completion zsh)
_${name}() {
  local at=${name} previous=\${words[CURRENT-1]} current=\${words[CURRENT]}
  local -i i
  local -a candidates
  for ((i = 2; i < CURRENT; i++)); do
    case "$at \${words[i]}" in
      (${paths.join('|')}) at="$at \${words[i]}" ;;
    esac
  done
  case "$at $previous" in
${commands.flatMap(optionCases).join('\n')}
  esac
  if [[ $current == -* ]]; then
    case "$at" in
${commands.map(optionsCase).join('\n')}
    esac
    _describe option candidates
    return
  fi
  case "$at" in
${commands.flatMap(argumentCase).join('\n')}
  esac
}
if [[ \${zsh_eval_context[-1]} == loadautofunc ]]; then
  _${name} "$@"
else
  compdef _${name} ${name}
fi
`;
}

function optionCases({ path, options }: CompletedCommand): string[] {
  return options.flatMap(({ flags, value }) => {
    if (value === undefined) return [];
    const patterns = flags.map((flag) => `"${path} ${flag}"`).join('|');
    return [`    (${patterns}) ${reply(value)}; return ;;`];
  });
}

function optionsCase({ path, options }: CompletedCommand): string {
  const entries = options.flatMap(({ flags, description }) =>
    flags.map((flag) => entry(flag, description)),
  );
  return `      ("${path}") candidates=(${entries.join(' ')}) ;;`;
}

function argumentCase({ path, commands, argument }: CompletedCommand): string[] {
  if (commands.length > 0) {
    const entries = commands.map(({ name, summary }) => entry(name, summary));
    return [`    ("${path}") candidates=(${entries.join(' ')}); _describe command candidates ;;`];
  }
  return argument.from === 'nothing' ? [] : [`    ("${path}") ${reply(argument)} ;;`];
}

function reply(values: Values): string {
  switch (values.from) {
    case 'choices':
      return `candidates=(${values.choices.map((one) => entry(one, '')).join(' ')}); _describe value candidates`;
    case 'files':
      return '_files';
    case 'names':
      return `candidates=(\${(f)"$("\${words[1]}" __complete ${values.what.join(' ')} 2>/dev/null)"}); _describe name candidates`;
    case 'nothing':
      return ':';
  }
}

/** `name:description`, in single quotes. */
function entry(name: string, description: string): string {
  const text = name.replaceAll(':', '\\:') + (description === '' ? '' : `:${description}`);
  return `'${text.replaceAll("'", "'\\''")}'`;
}
