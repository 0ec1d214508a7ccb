import { WorkflowNotFoundError, type WorkflowExecutionDescription } from '@temporalio/client';
import { listedRun } from '../../adapters/temporal/list-runs.ts';
import type { VerbInput } from '../../contracts/kernel/messages.ts';
import type { AnyKind } from '../../kinds/kind.ts';
import { workflowIdOf, type Lock } from '../../kinds/locks.ts';
import { commandName } from '../../kinds/command-name.ts';
import { rolloutLock } from '../../kinds/rollouts.ts';
import { verbOf } from '../../kinds/verbs.ts';
import { actingPerson } from '../acting-person.ts';
import type { Connections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { print, printJson, remark } from '../output.ts';
import { readOpenRun, type OpenRun } from './open-run.ts';
import { shortName } from './run-name.ts';
import { sendVerb, type SentVerb } from './send-verb.ts';

export interface SendOptions {
  as?: string;
  why?: string;
  stage?: number;
  step?: string;
  /** The run to act on. */
  run?: string;
  /** What else the verb takes. */
  with?: Readonly<Record<string, string>>;
}

export interface VerbToSend {
  verb: string;
  run: Lock;
  found: WorkflowExecutionDescription;
  kinds: readonly AnyKind[];
  toRevision?: number;
}

/** Sends a verb to the run that was found, and to no other that has taken its place since. */
export async function sendToRun(
  { verb, run, found, kinds, toRevision }: VerbToSend,
  options: SendOptions,
  to: Connections,
): Promise<SentVerb> {
  const client = await to.temporal();
  try {
    const open = await readOpenRun(client, found, options.run);
    const stage = takesStage(verb, found, kinds) ? stageOf(open, verb, options) : undefined;
    return await sendVerb(client, open, verb, {
      ...verbInput(options),
      ...(stage !== undefined && { stage }),
      ...(toRevision !== undefined && { toRevision }),
    });
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw noOpenRun(run, error);
    throw error;
  }
}

function verbInput({ as, why, step, with: given }: SendOptions): VerbInput {
  return {
    by: actingPerson(as),
    ...(why !== undefined && { why }),
    ...(step !== undefined && { step }),
    ...(given !== undefined && { with: given }),
  };
}

function takesStage(
  verb: string,
  found: WorkflowExecutionDescription,
  kinds: readonly AnyKind[],
): boolean {
  const kind = kinds.find((each) => each.kind === listedRun(found).kind);
  return kind !== undefined && verbOf(kind, verb)?.takes === 'stage';
}

/** Undefined between stages: the run then says itself why the verb means nothing now. */
function stageOf({ open }: OpenRun, verb: string, { stage }: SendOptions): number | undefined {
  if (stage !== undefined) return stage;
  if (open !== undefined) return open.stage;
  throw new CliFailure(
    exitCodes.unreachable,
    `No worker answers, so the present stage is not known. Name the stage and the verb is ` +
      `recorded until a worker is back: belay ${commandName(verb)} … --stage WEIGHT`,
  );
}

export function reportSent(verb: string, run: Lock, sent: SentVerb, json = false): void {
  if (json) {
    const { lock, environment, name } = run;
    const workflowId = workflowIdOf(run, run);
    const service = lock === rolloutLock ? { service: name } : {};
    printJson({ workflowId, environment, name, ...service, verb, ...sent });
  } else if (sent.answered) {
    print(sent.receipt.message);
  } else {
    remark(
      `No worker answered within 10 s. "${commandName(verb)}" is recorded and will be acted on ` +
        'when a worker is back (belay worker).',
    );
  }
}

export function noOpenRun(run: Lock, cause?: unknown): CliFailure {
  const isRollout = run.lock === rolloutLock;
  const name = isRollout ? shortName(run) : workflowIdOf(run, run);
  return new CliFailure(
    exitCodes.notDone,
    `No ${isRollout ? 'rollout' : 'run'} of ${name} is open. How the last one ended: belay status ${name}`,
    { cause },
  );
}
