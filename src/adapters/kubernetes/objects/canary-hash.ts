import { createHash } from 'node:crypto';
import type { Fence } from '../../../contracts/kernel/fence.ts';

/** The letters and digits that Kubernetes writes the hash of a pod template in. */
const alphabet = '456789bcdf';
const length = 10;

/** The template hash of the canary that this claim creates: its own, and the same if the claim is repeated. */
export function canaryHashOf({ rolloutId, step }: Fence): string {
  const digest = createHash('sha256').update(`${rolloutId} ${step}`).digest();
  return [...digest.subarray(0, length)].map((byte) => alphabet[byte % alphabet.length]).join('');
}
