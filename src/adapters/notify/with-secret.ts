import type { SecretReader } from '../../config/notifications-secret.ts';
import type { SecretRef } from '../../specs/kernel/notifications.ts';
import type { SecretPurpose } from '../../specs/kernel/notifications-secrets.ts';
import type { DeliveryAttempt } from './attempt.ts';

/** Goes on with a secret that can be used; nothing is sent without. */
export async function withSecret(
  readSecret: SecretReader,
  [ref, purpose]: [SecretRef, SecretPurpose],
  goOn: (secret: string) => Promise<DeliveryAttempt>,
): Promise<DeliveryAttempt> {
  const read = await readSecret(ref, purpose);
  if (read.ok) return goOn(read.value);
  return { result: 'not-delivered', reason: read.problem, again: false };
}
