import type { Client } from '@temporalio/client';
import { listScheduleIds } from '../../adapters/temporal/schedules.ts';
import { parseScheduleId } from '../../kinds/schedule-id.ts';
import { CliFailure, exitCodes } from '../failure.ts';

/** The schedule that was named: by its ID, by the run that it starts, or by its own name. */
export async function findSchedule(client: Client, typed: string): Promise<string> {
  const ids = await listScheduleIds(client);
  return chooseSchedule(typed, ids);
}

/** Where more than one may be meant, all of them are listed. */
export function chooseSchedule(typed: string, ids: readonly string[]): string {
  if (ids.includes(typed)) return typed;
  const [only, ...others] = ids.filter((id) => isNamed(typed, id));
  if (only === undefined) {
    throw new CliFailure(
      exitCodes.badInput,
      `There is no schedule "${typed}". See those there are with: belay schedule list`,
    );
  }
  if (others.length > 0) {
    throw new CliFailure(
      exitCodes.badInput,
      [`"${typed}" names more than one schedule; say which one:`, only, ...others].join('\n  '),
    );
  }
  return only;
}

/** `orders`, `prod/orders`, `backup/prod/orders`, `nightly`, `orders/nightly`: what ends with a name. */
function isNamed(typed: string, id: string): boolean {
  const { kind, environment, subject, name } = parseScheduleId(id) ?? {};
  const run = `/${kind}/${environment}/${subject}`;
  return run.endsWith(`/${typed}`) || `${run}/${name}`.endsWith(`/${typed}`);
}
