import type { SecretReader } from '../../config/notifications-secret.ts';
import type { SecretRef } from '../../specs/kernel/notifications.ts';
import type { SecretPurpose } from '../../specs/kernel/notifications-secrets.ts';
import type { DeliveryAttempt } from './attempt.ts';

/** Continues with a usable secret; without it nothing is sent. */
export async function withSecret(
  readSecret: SecretReader,
  [ref, purpose]: [SecretRef, SecretPurpose],
  goOn: (secret: string) => Promise<DeliveryAttempt>,
): Promise<DeliveryAttempt> {
  const read = await readSecret(ref, purpose);
  if (read.ok) return goOn(read.value);
  return { result: 'not-delivered', reason: read.problem, again: false };
}
