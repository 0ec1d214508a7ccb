import { allCommands, type CompletedCommand, type Values } from './model.ts';

/** A script for bash, with all that does not change written into it. */
export function bashCompletion(program: CompletedCommand): string {
  const commands = allCommands(program);
  const { name } = program;
  const paths = commands.slice(1).map(({ path }) => `"${path}"`);
  return `# bash completion for ${name}. For this shell: source <(${name} completion bash)
_${name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} at=${name} candidates= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$at \${COMP_WORDS[i]}" in
      ${paths.join('|')}) at="$at \${COMP_WORDS[i]}" ;;
    esac
  done
  COMPREPLY=()
  case "$at $prev" in
${commands.flatMap(optionCases).join('\n')}
  esac
  if [[ $cur == -* ]]; then
    case "$at" in
${commands.map(optionsCase).join('\n')}
    esac
  else
    case "$at" in
${commands.flatMap(argumentCase).join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$candidates" -- "$cur"))
}
complete -F _${name} ${name}
`;
}

function optionCases({ path, options }: CompletedCommand): string[] {
  return options.flatMap(({ flags, value }) => {
    if (value === undefined) return [];
    const patterns = flags.map((flag) => `"${path} ${flag}"`).join('|');
    return [`    ${patterns}) ${reply(value)}; return ;;`];
  });
}

function optionsCase({ path, options }: CompletedCommand): string {
  const flags = options.flatMap((option) => option.flags);
  return `      "${path}") candidates="${flags.join(' ')}" ;;`;
}

function argumentCase({ path, commands, argument }: CompletedCommand): string[] {
  if (commands.length > 0) {
    return [`      "${path}") candidates="${commands.map(({ name }) => name).join(' ')}" ;;`];
  }
  return argument.from === 'nothing' ? [] : [`      "${path}") ${reply(argument)}; return ;;`];
}

function reply(values: Values): string {
  switch (values.from) {
    case 'choices':
      return `COMPREPLY=($(compgen -W "${values.choices.join(' ')}" -- "$cur"))`;
    case 'files':
      return 'COMPREPLY=($(compgen -f -- "$cur")); compopt -o filenames 2>/dev/null';
    case 'names':
      return `COMPREPLY=($(compgen -W "$("\${COMP_WORDS[0]}" __complete ${values.what.join(' ')} 2>/dev/null)" -- "$cur"))`;
    case 'nothing':
      return ':';
  }
}
