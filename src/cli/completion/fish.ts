import { allCommands, type CompletedCommand, type CompletedOption, type Values } from './model.ts';

/** A script for fish. */
export function fishCompletion(program: CompletedCommand): string {
  const commands = allCommands(program);
  const { name } = program;
  const paths = commands.slice(1).map(({ path }) => quote(path));
  return `# fish completion for ${name}. For this shell: ${name} completion fish | source
function __${name}_at
    set -l at ${name}
    set -l words (commandline -opc)
    set -e words[1]
    for word in $words
        switch "$at $word"
            case ${paths.join(' ')}
                set at "$at $word"
        end
    end
    test "$at" = "$argv"
end
complete -c ${name} -f
${commands.flatMap((command) => linesOf(command, name)).join('\n')}
`;
}

function linesOf({ path, commands, options, argument }: CompletedCommand, name: string): string[] {
  const start = `complete -c ${name} -n ${quote(`__${name}_at ${path}`)}`;
  return [
    ...commands.map((each) => `${start} -a ${quote(each.name)} -d ${quote(each.summary)}`),
    ...options.map((option) => `${start} ${optionText(option, name)}`),
    ...(argument.from === 'nothing' ? [] : [`${start} ${valuesText(argument, name)}`]),
  ];
}

function optionText({ flags, description, value }: CompletedOption, name: string): string {
  const names = flags.map((flag) =>
    flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
  );
  const takes =
    value === undefined
      ? ''
      : ` ${value.from === 'files' ? '-r' : '-x'} ${valuesText(value, name)}`;
  return `${names.join(' ')}${takes} -d ${quote(description)}`.replaceAll(/ {2,}-/g, ' -');
}

function valuesText(values: Values, name: string): string {
  switch (values.from) {
    case 'choices':
      return `-a ${quote(values.choices.join(' '))}`;
    case 'files':
      return '-F';
    case 'names':
      return `-a ${quote(`(${name} __complete ${values.what.join(' ')} 2>/dev/null)`)}`;
    case 'nothing':
      return '';
  }
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
