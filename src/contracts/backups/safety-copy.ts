import type { RunStep } from '../kernel/agent.ts';
import type { BackupSet } from './backup-set.ts';

const mark = 'safety-copy';

/**
 * The act that keeps what a restore in place is about to replace. Every tool writes into a set which act
 * made it, so the set itself says in its repository that it is no backup.
 */
export function safetyCopyAct({ runRef, step }: RunStep): RunStep {
  return { runRef: `${runRef}/${mark}`, step };
}

/** It is restored only by its label, and is never a backup of the plan. */
export function isSafetyCopy({ madeBy }: Pick<BackupSet, 'madeBy'>): boolean {
  return madeBy?.split('/').at(-2) === mark;
}
