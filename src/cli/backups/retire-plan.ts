import { readSchedule } from '../../adapters/temporal/schedules.ts';
import { backupKinds } from '../../kinds/backups.ts';
import { scheduleIdOf } from '../../kinds/schedule-id.ts';
import { actingPerson } from '../acting-person.ts';
import { withConnections, type Connections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { print, printJson } from '../output.ts';
import type { LazyRunRegistry } from '../registry.ts';
import { readOverviews } from './read-overviews.ts';

export interface RetireOptions {
  environment?: string;
  why?: string;
  as?: string;
  json?: boolean;
}

/** Deletes its schedules, and expects no more sets of it. Again: the same. */
export function retirePlan(
  plan: string,
  { json, why, as, ...asked }: RetireOptions,
  registry: LazyRunRegistry,
): Promise<void> {
  return withConnections(async (to) => {
    const found = await readOverviews({ ...asked, plan }, registry, to);
    const [{ environment, backup }] = onlyOne(found, plan);
    const deleted = await deleteSchedules({ environment, name: backup }, to);
    const retired = {
      ...{ environment, backup, atMs: Date.now(), by: actingPerson(as) },
      ...(why !== undefined && { why }),
    };
    await to.catalogue.retire(retired);
    if (json) {
      printJson({ ...retired, deletedSchedules: deleted });
      return;
    }
    print(`${environment}/${backup} is retired: its sets stay, and no backup of it is expected.`);
    for (const scheduleId of deleted) print(`  deleted   ${scheduleId}`);
  });
}

function onlyOne<T extends { environment: string; backup: string }>(
  found: readonly T[],
  plan: string,
): readonly [T] {
  const [first, ...more] = found;
  if (first !== undefined && more.length === 0) return [first];
  const names = found.map(({ environment, backup }) => `${environment}/${backup}`).join(', ');
  throw new CliFailure(
    exitCodes.badInput,
    first === undefined
      ? `No plan "${plan}" is known. See those there are with: belay backup list`
      : `"${plan}" is more than one plan: ${names}. Write ENVIRONMENT/NAME.`,
  );
}

async function deleteSchedules(
  subject: { environment: string; name: string },
  to: Connections,
): Promise<string[]> {
  const client = await to.temporal();
  const deleted: string[] = [];
  for (const kind of Object.values(backupKinds)) {
    const scheduleId = scheduleIdOf(kind, subject, 'default');
    if ((await readSchedule(client, scheduleId, 0)) === undefined) continue;
    await client.schedule.getHandle(scheduleId).delete();
    deleted.push(scheduleId);
  }
  return deleted;
}
