import { ApplicationFailure, patched } from '@temporalio/workflow';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import type { HookCommand } from '../../../src/specs/backups/hooks.ts';
import type { BackupsRun } from './backups-run.ts';
import { tryHook } from './hooks.ts';

/** Those of today. What is in place is what was asked for, whatever becomes of its passwords. */
export async function setPasswords<Spec>(
  run: BackupsRun<Spec>,
  credentials: HookCommand | undefined,
): Promise<void> {
  const tried = await tryHook(run, 'credentials', credentials);
  if (tried.ok) return;
  // Earlier versions ended as Failed, as if it had been undone.
  if (!patched('restores-without-passwords-are-incomplete')) {
    throw ApplicationFailure.nonRetryable(tried.reason, failureTypes.targetUnavailable);
  }
  run.missing.push(`set today's passwords: ${tried.reason}`);
}
