import { PlatformError } from '../../../contracts/rollouts/platform.ts';

export function isGone(error: unknown): boolean {
  return error instanceof PlatformError && error.code === 'not-found';
}

/** An undo skips objects that no longer exist. */
export async function unlessGone<T>(write: Promise<T>): Promise<T | undefined> {
  try {
    return await write;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}
