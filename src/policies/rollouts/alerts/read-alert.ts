import type { Alert } from '../../../contracts/rollouts/alerts.ts';

/** A workflow can be started by hand with anything: undefined for what is no alert. */
export function readAlert(given: unknown): Alert | undefined {
  const alert = given as Partial<Alert> | null | undefined;
  const isAlert =
    typeof alert?.fingerprint === 'string' &&
    typeof alert.name === 'string' &&
    (alert.status === 'firing' || alert.status === 'resolved') &&
    Number.isSafeInteger(alert.startsAtMs) &&
    Number.isSafeInteger(alert.receivedAtMs) &&
    typeof alert.subject === 'object';
  return isAlert ? (alert as Alert) : undefined;
}
