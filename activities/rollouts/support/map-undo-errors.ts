import type { Platform, ServiceRef } from '../../../src/contracts/rollouts/platform.ts';
import { PlatformError } from '../../../src/contracts/rollouts/platform.ts';

/**
 * Runs an undo. A service that is gone, by hand or with its namespace, has nothing left to undo:
 * what was made for the rollout went with it. Undefined then.
 */
export async function mapUndoErrors<T>(
  platform: Platform,
  ref: ServiceRef,
  undo: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await undo();
  } catch (error) {
    if (isNotFound(error) && (await platform.readService(ref)) === undefined) return undefined;
    throw error;
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof PlatformError && error.code === 'not-found';
}
