import { setTimeout as sleep } from 'node:timers/promises';
import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import { cancelVolumes } from '../abandon.ts';
import { hasEnded } from '../judge/judge-work.ts';
import { restores } from '../kinds.ts';
import type { RestoreObject } from '../objects.ts';
import type { Velero } from '../settings.ts';
import { removeNamespaces } from './copy-namespaces.ts';
import type { RestoreRecord } from './restore-record.ts';

/** A namespace goes once everything in it has ended. */
const goneWithinMs = 120_000;
const everyMs = 1_000;

/** Ends the restore where it is under way, and removes what it has made. */
export async function removeCopy(velero: Velero, record: RestoreRecord): Promise<void> {
  const { name } = record;
  const { api, namespace } = velero;
  const deadlineMs = performance.now() + goneWithinMs;
  for (;;) {
    const restore = (await api.get(restores, namespace, name)) as RestoreObject | undefined;
    const isOver = restore === undefined || hasEnded(restore.status ?? {});
    if (!isOver) await cancelVolumes(velero, { 'velero.io/restore-name': name });
    const left = await removeNamespaces(velero, record);
    if (isOver && left.length === 0) {
      if (restore !== undefined) await api.remove(restores, restore);
      return;
    }
    if (performance.now() > deadlineMs) {
      const waiting = [...(isOver ? [] : [`restore ${name} has not ended`]), ...left];
      throw new AgentError('unfinished', `not gone yet: ${waiting.join(', ')}`);
    }
    await sleep(everyMs);
  }
}
