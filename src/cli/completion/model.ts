import type { Command, Option } from 'commander';

/** What may be completed where a value is expected. */
export type Values =
  | { from: 'choices'; choices: readonly string[] }
  | { from: 'files' }
  /** Asked of `belay __complete` at that moment. */
  | { from: 'names'; what: readonly string[] }
  | { from: 'nothing' };

export interface CompletedOption {
  /** `--json`, `-f`. */
  flags: string[];
  description: string;
  /** Absent where the option takes no value. */
  value?: Values;
}

export interface CompletedCommand {
  /** `belay schedule list`. */
  path: string;
  name: string;
  summary: string;
  commands: CompletedCommand[];
  options: CompletedOption[];
  /** Of its first argument. */
  argument: Values;
}

/** The whole command line, as shells complete it. */
export function completionModel(program: Command): CompletedCommand {
  return describeCommand(program, '');
}

/** A command and all below it. */
export function allCommands(command: CompletedCommand): CompletedCommand[] {
  return [command, ...command.commands.flatMap(allCommands)];
}

function describeCommand(command: Command, above: string): CompletedCommand {
  const name = command.name();
  const path = `${above} ${name}`.trim();
  const help = command.createHelp();
  return {
    ...{ path, name },
    summary: oneLine(command.summary() || command.description()),
    commands: help
      .visibleCommands(command)
      .filter((each) => each.name() !== 'help')
      .map((each) => describeCommand(each, path)),
    options: help.visibleOptions(command).map(describeOption),
    argument: describeArgument(command),
  };
}

function describeOption(option: Option): CompletedOption {
  const takesValue = option.required || option.optional;
  return {
    flags: [option.short, option.long].filter((flag) => flag !== undefined),
    description: oneLine(option.description),
    ...(takesValue && { value: valueOf(option) }),
  };
}

function valueOf({ argChoices, flags }: Option): Values {
  if (argChoices) return { from: 'choices', choices: argChoices };
  return /<(spec|file)>/.test(flags) ? { from: 'files' } : { from: 'nothing' };
}

function describeArgument(command: Command): Values {
  const [argument] = command.registeredArguments;
  if (argument?.argChoices) return { from: 'choices', choices: argument.argChoices };
  switch (argument?.name()) {
    case 'run':
      return { from: 'names', what: ['runs', command.name()] };
    case 'service':
      return { from: 'names', what: ['rollouts'] };
    case 'schedule':
      return { from: 'names', what: ['schedules'] };
    case 'file':
      return { from: 'files' };
    default:
      return { from: 'nothing' };
  }
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replace(/\.$/, '');
}
