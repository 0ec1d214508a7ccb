import { agentContract } from '../../contracts/kernel/agent.ts';
import type { SeparateWork } from '../../processes/separate-work.ts';
import { unattended } from '../unattended.ts';
import type { BackupParts } from './backup-parts.ts';
import type { CopyRecord } from './copies.ts';
import { removeCopy } from './remove-copy.ts';

export interface Sweeping {
  work: SeparateWork;
  /** After this, what is still being removed is reported, and goes on by itself. */
  withinMs: number;
  onError: (message: string, error: unknown) => void;
}

/** Removes copies whose time is over, side by side, unless a call about them is under way. */
export async function sweepCopies(
  parts: BackupParts,
  { work, withinMs, onError }: Sweeping,
): Promise<void> {
  const { copies, calls } = parts;
  if (copies === undefined) return;
  const nowMs = Date.now();
  const overdue = (await copies.list()).filter(
    (record) => isOverdue(record, nowMs) && (record.isGoing === true || !calls.has(record.copy)),
  );
  await Promise.all(
    overdue.map(async (record) => {
      const what = `copy ${record.copy}, whose time is over,`;
      const isOver = await work.run(`copy ${record.copy}`, () => remove(parts, record), {
        withinMs,
        onError: (error) => onError(`${what} cannot be removed yet`, error),
      });
      if (!isOver) onError(`${what} takes long to be removed: it is gone on with`, undefined);
    }),
  );
  await copies.forget(nowMs);
}

function remove(parts: BackupParts, { copy, plan, component }: CopyRecord): Promise<boolean> {
  // Of nobody's run: a step of one could come too late.
  const act = { runRef: `sweep of ${copy}`, step: 1 };
  const call = { contract: agentContract, agent: parts.agent, plan, component, copy, act };
  return removeCopy(parts, call, unattended);
}

function isOverdue({ removeAtMs, removedAtMs, isGoing }: CopyRecord, nowMs: number): boolean {
  return removedAtMs === undefined && (isGoing === true || removeAtMs <= nowMs);
}
