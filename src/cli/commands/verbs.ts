import { WorkflowNotFoundError, type WorkflowExecutionDescription } from '@temporalio/client';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { VerbInput } from '../../contracts/kernel/messages.ts';
import { commandName } from '../../kinds/command-name.ts';
import { rolloutVerbs, verbs, type Verb } from '../../kinds/rollout-verbs.ts';
import { rolloutWorkflowId } from '../../kinds/locks.ts';
import { actingPerson } from '../acting-person.ts';
import { withConnections, type Connections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { print, printJson, remark } from '../output.ts';
import { readOpenRun, type OpenRun } from '../rollouts/open-run.ts';
import { describeRollout } from '../rollouts/read-rollout.ts';
import { sendVerb, type SentVerb } from '../rollouts/send-verb.ts';
import type { ServiceName } from '../service-name.ts';
import { tracedCommand } from '../traced-command.ts';
import {
  examples,
  namedService,
  serviceCommand,
  type NamedServiceOptions,
} from './named-service.ts';

export interface VerbOptions extends NamedServiceOptions {
  as?: string;
  why?: string;
  stage?: number;
  /** The run to act on. */
  run?: string;
  json?: boolean;
}

/** These commands also start something where no rollout is open. */
const withCommandsOfTheirOwn: readonly Verb[] = ['retry', 'undo'];

/** The commands that send one verb and do nothing else; those that end the rollout come last. */
export const plainVerbs = verbs
  .filter((verb) => !withCommandsOfTheirOwn.includes(verb))
  .toSorted(
    (one, other) =>
      Number(rolloutVerbs[one].endsRun ?? false) - Number(rolloutVerbs[other].endsRun ?? false),
  )
  .map((verb) => () => plainVerb(verb));

/** A command that sends one verb; further options are added by the command's own file. */
export function verbCommand(verb: Verb): Command {
  const command = serviceCommand(commandName(verb))
    .summary(rolloutVerbs[verb].meaning)
    .addOption(new Option('--why <text>', 'recorded with the verb'))
    .addOption(new Option('--as <name>', 'who is acting (default: user@host)'))
    .addOption(
      new Option(
        '--run <id>',
        'the rollout ID, as belay status shows it (default: the open rollout)',
      ),
    )
    .addOption(new Option('--json', 'print the answer as JSON'))
    .addHelpText('after', examples(...examplesOf(verb)));
  if (rolloutVerbs[verb].takes === 'stage') {
    command.addOption(
      new Option(
        '--stage <weight>',
        'the weight of the stage (default: the current stage)',
      ).argParser(parseWeight),
    );
  }
  return command;
}

function examplesOf(verb: Verb): string[] {
  return rolloutVerbs[verb].examples.map((given) => `belay ${commandName(verb)} ${given}`);
}

function verbInput({ as, why }: VerbOptions): VerbInput {
  return { by: actingPerson(as), ...(why !== undefined && { why }) };
}

export function reportSent(verb: Verb, name: ServiceName, sent: SentVerb, json = false): void {
  if (json) {
    printJson({ ...name, verb, ...sent });
  } else if (sent.answered) {
    print(sent.receipt.message);
  } else {
    remark(
      `No worker answered within 10 s. "${commandName(verb)}" is recorded and will be acted on ` +
        'when a worker is back (belay worker).',
    );
  }
}

export function noOpenRollout({ environment, service }: ServiceName, cause?: unknown): CliFailure {
  return new CliFailure(
    exitCodes.notDone,
    `No rollout of ${environment}/${service} is open. How the last one ended: ` +
      `belay status ${environment}/${service}`,
    { cause },
  );
}

function plainVerb(verb: Verb): Command {
  return verbCommand(verb)
    .description(capitalised(rolloutVerbs[verb].meaning))
    .action((typed: string, options: VerbOptions) =>
      tracedCommand(commandName(verb), () =>
        withConnections(async (to) => {
          const name = await namedService(typed, options, to);
          const sent = await send(verb, name, options, to);
          reportSent(verb, name, sent, options.json);
        }),
      ),
    );
}

async function send(
  verb: Verb,
  name: ServiceName,
  options: VerbOptions,
  to: Connections,
): Promise<SentVerb> {
  const found = await describeRollout(await to.temporal(), rolloutWorkflowId(name));
  if (found?.status.name !== 'RUNNING') throw noOpenRollout(name);
  return sendToRun(verb, { name, found }, options, to);
}

/** Sends a verb to the run that was found, and to no other that has taken its place since. */
export async function sendToRun(
  verb: Verb,
  { name, found }: { name: ServiceName; found: WorkflowExecutionDescription },
  options: VerbOptions,
  to: Connections,
  toRevision?: number,
): Promise<SentVerb> {
  const client = await to.temporal();
  try {
    const run = await readOpenRun(client, found, options.run);
    const stage = rolloutVerbs[verb].takes === 'stage' ? stageOf(run, verb, options) : undefined;
    return await sendVerb(client, run, verb, {
      ...verbInput(options),
      ...(stage !== undefined && { stage }),
      ...(toRevision !== undefined && { toRevision }),
    });
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw noOpenRollout(name, error);
    throw error;
  }
}

/** Undefined between stages: the rollout then says itself why the verb means nothing now. */
function stageOf({ open }: OpenRun, verb: Verb, { stage }: VerbOptions): number | undefined {
  if (stage !== undefined) return stage;
  if (open !== undefined) return open.stage;
  throw new CliFailure(
    exitCodes.unreachable,
    `No worker answers, so the present stage is not known. Name the stage and the verb is ` +
      `recorded until a worker is back: belay ${commandName(verb)} … --stage WEIGHT`,
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
