import { agentContract } from '../../contracts/kernel/agent.ts';
import { unattended } from '../unattended.ts';
import type { BackupParts } from './backup-parts.ts';
import type { CopyRecord } from './copies.ts';
import { removeCopy } from './remove-copy.ts';

/** Removes copies whose time is over, unless a call about them is under way. */
export async function sweepCopies(
  parts: BackupParts,
  onError: (message: string, error: unknown) => void,
): Promise<void> {
  const { agent, copies, calls } = parts;
  if (copies === undefined) return;
  const nowMs = Date.now();
  for (const record of await copies.list()) {
    const { copy, plan, component } = record;
    if (!isOverdue(record, nowMs) || (calls.has(copy) && !record.isGoing)) continue;
    // Of nobody's run: a step of one could come too late.
    const act = { runRef: `sweep of ${copy}`, step: 1 };
    const call = { contract: agentContract, agent, plan, component, copy, act };
    await removeCopy(parts, call, unattended).catch((error: unknown) => {
      onError(`copy ${copy}, whose time is over, cannot be removed yet`, error);
    });
  }
  await copies.forget(nowMs);
}

function isOverdue({ removeAtMs, removedAtMs, isGoing }: CopyRecord, nowMs: number): boolean {
  return removedAtMs === undefined && (isGoing === true || removeAtMs <= nowMs);
}
