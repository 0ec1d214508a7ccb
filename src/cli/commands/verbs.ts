import { InvalidArgumentError, Option, type Command } from 'commander';
import type { AnyKind, VerbDefinition } from '../../kinds/kind.ts';
import { commandName, commandPath } from '../../kinds/command-name.ts';
import { kindsWithVerb, verbOf } from '../../kinds/verbs.ts';
import { withConnections } from '../connections.ts';
import { noOpenRun, reportSent, sendToRun, type SendOptions } from '../runs/send-to-run.ts';
import { openRunUnder } from '../runs/open-run.ts';
import { tracedCommand } from '../traced-command.ts';
import { examples } from './named-service.ts';
import { namedRun, runCommand, type NamedRunOptions } from './run-command.ts';

export interface VerbOptions extends NamedRunOptions, SendOptions {
  json?: boolean;
}

/** With those that the verb takes beside these. */
type GivenOptions = VerbOptions & Readonly<Record<string, unknown>>;

/** A command that sends one verb; further options are added by the command's own file. */
export function verbCommand(verb: string, kinds: readonly AnyKind[]): Command {
  const own = meanings(kinds, verb);
  const command = runCommand(commandName(verb), kindsWithVerb(kinds, verb))
    .summary(own[0]?.meaning ?? '')
    .addOption(new Option('--why <text>', 'recorded with the verb'))
    .addOption(new Option('--as <name>', 'who is acting (default: user@host)'))
    .addOption(
      new Option(
        '--run <id>',
        "the run's own ID, as belay status shows it (default: the open run)",
      ),
    )
    .addOption(new Option('--json', 'print the answer as JSON'))
    .addHelpText('after', examples(...examplesOf(verb, own)));
  for (const [name, argument] of Object.entries(argumentsOf(own))) {
    const option = new Option(`--${commandName(name)} <${name}>`, argument.meaning);
    if (argument.required) option.makeOptionMandatory();
    command.addOption(argument.oneOf === undefined ? option : option.choices(argument.oneOf));
  }
  if (own.some(({ takes }) => takes === 'stage')) {
    command.addOption(
      new Option(
        '--stage <weight>',
        'the weight of the stage (default: the current stage)',
      ).argParser(parseWeight),
    );
  }
  if (own.some(({ takes }) => takes === 'step')) {
    command.addOption(new Option('--step <id>', 'the step (default: the one that waits)'));
  }
  return command;
}

function examplesOf(verb: string, own: readonly VerbDefinition[]): string[] {
  const given = new Set(own.flatMap((each) => each.examples));
  return [...given].map((each) => `belay ${commandPath(verb, own[0])} ${each}`);
}

function argumentsOf(own: readonly VerbDefinition[]): NonNullable<VerbDefinition['with']> {
  return Object.assign({}, ...own.map((each) => each.with ?? {})) as NonNullable<
    VerbDefinition['with']
  >;
}

/** What was typed of them, as the message has it. */
function argumentsIn(own: readonly VerbDefinition[], options: GivenOptions): SendOptions {
  const given = Object.keys(argumentsOf(own)).flatMap((name) => {
    const value = options[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return given.length === 0 ? {} : { with: Object.fromEntries(given) };
}

/** What the kinds that have the verb make of it: one definition where they agree. */
function meanings(kinds: readonly AnyKind[], verb: string): VerbDefinition[] {
  const found = kinds.map((kind) => verbOf(kind, verb)).filter((one) => one !== undefined);
  return [...new Set(found)];
}

/** What the verb does, for each family where they do not agree. */
function describeVerb(verb: string, kinds: readonly AnyKind[]): string {
  const [only, ...others] = meanings(kinds, verb);
  if (only !== undefined && others.length === 0) return capitalised(only.meaning);
  const lines = kindsWithVerb(kinds, verb).map(
    (kind) => `  ${kind.family}: ${verbOf(kind, verb)?.meaning}`,
  );
  return [`Depending on the run:`, ...new Set(lines)].join('\n');
}

/** The command that sends one verb and does nothing else. */
export function createPlainVerb(verb: string, kinds: readonly AnyKind[]): Command {
  return verbCommand(verb, kinds)
    .description(describeVerb(verb, kinds))
    .action((typed: string, options: GivenOptions) =>
      tracedCommand(commandName(verb), () =>
        withConnections(async (to) => {
          const run = await namedRun(typed, options, kinds, to, verb);
          const found = await openRunUnder(run, to);
          if (found === undefined) throw noOpenRun(run);
          const sent = await sendToRun(
            { verb, run, found, kinds },
            { ...options, ...argumentsIn(meanings(kinds, verb), options) },
            to,
          );
          reportSent(verb, run, sent, options.json);
        }),
      ),
    );
}

function parseWeight(text: string): number {
  const weight = Number(text.replace(/\s*%$/, ''));
  if (Number.isInteger(weight) && weight >= 1 && weight <= 100) return weight;
  throw new InvalidArgumentError('Write its weight, a whole number from 1 to 100.');
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
