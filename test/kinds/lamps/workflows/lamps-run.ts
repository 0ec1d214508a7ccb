import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { RunStatus } from '../../../../src/contracts/kernel/run.ts';
import type { Run } from '../../../../workflows/kernel/run.ts';
import type { UndoTable } from '../../../../workflows/kernel/undos.ts';
import type { LampActivities } from '../contract.ts';
import type { LampsSpec } from '../spec.ts';

interface LampUndos {
  lampOff(board: string, lamp: number): Promise<void>;
}

export const lampActs = proxyActivities<LampActivities>({
  startToCloseTimeout: '5 s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

export type LampsRun = Run<RunStatus, LampUndos, LampsSpec>;

export function undosOf({ fencing }: LampsRun): UndoTable {
  return {
    lampOff: async (board: string, lamp: number) => {
      await lampActs.lampOff(board, fencing.next(), lamp);
    },
  };
}
