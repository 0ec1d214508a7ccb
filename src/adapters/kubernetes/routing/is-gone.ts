import { PlatformError } from '../../../contracts/platform.ts';

export function isGone(error: unknown): boolean {
  return error instanceof PlatformError && error.code === 'not-found';
}
