import type { Freeze } from '../../../contracts/kernel/change-control.ts';
import { describeTerm } from './describe-freeze.ts';
import type { NewFreeze } from './read-freeze.ts';

/** A message that arrives twice, as an update and as a signal, makes one freeze. */
export function isSameFreeze(freeze: Freeze, wanted: NewFreeze): boolean {
  return fingerprint(freeze) === fingerprint(wanted);
}

function fingerprint(freeze: NewFreeze): string {
  const { by, why, untilMs, services = [] } = freeze;
  return JSON.stringify([by, why, services, describeTerm(freeze), untilMs]);
}
