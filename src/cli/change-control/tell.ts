import {
  leaveForChangeControl,
  tellChangeControl,
} from '../../adapters/temporal/change-control.ts';
import type { ChangeControlReceipt } from '../../contracts/kernel/change-control.ts';
import type { Connections } from '../connections.ts';
import { print, printJson, remark } from '../output.ts';
import { isWorkerAway, workerAnswerMs } from '../runs/unanswered.ts';

/** Absent where no worker answered: the message waits as a signal until one does. */
export type Told = ChangeControlReceipt | undefined;

/** What a person asks of the change control of an environment, which is started if it does not run yet. */
export async function tell(
  { config, temporal }: Connections,
  message: { environment: string; name: string; input: object },
): Promise<Told> {
  const client = await temporal();
  const { taskQueue } = config;
  try {
    return await client.withDeadline(Date.now() + workerAnswerMs, () =>
      tellChangeControl<ChangeControlReceipt>(client, { ...message, taskQueue }),
    );
  } catch (error) {
    if (!isWorkerAway(error)) throw error;
    await leaveForChangeControl(client, { ...message, taskQueue });
    return undefined;
  }
}

/** Prints the answer, and after it what to do next. */
export function reportTold(
  environment: string,
  told: Told,
  { json = false, next = [] }: { json?: boolean; next?: readonly string[] },
): void {
  if (json) {
    printJson({ environment, answered: told !== undefined, ...told });
  } else if (told === undefined) {
    remark(
      'No worker answered within 10 s. The message is recorded and will be acted on when a worker ' +
        'is back (belay worker). Until then no rollout can start either.',
    );
  } else {
    print([`${told.message}.`, ...next].join('\n'));
  }
}
