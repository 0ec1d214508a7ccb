import { pauseWithinAttempt } from '../../attempts/wait-within-attempt.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { Act } from './act.ts';
import { drainWaitMs } from './act.ts';

type Settling = Pick<Act, 'proxySettleMs' | 'router'>;

/** How long routers and proxies may take to apply a change that the API server has accepted. */
export function settleMsOf({ proxySettleMs, router }: Settling): number {
  return Math.max(proxySettleMs, router?.settleMs ?? 0);
}

/** Waits for that moment, but never longer than one settling time, because the clocks of workers differ. */
export async function untilSettled(
  act: Settling & Pick<Act, 'nowMs'>,
  settledAtMs: number | undefined,
): Promise<void> {
  const restMs = Math.min((settledAtMs ?? 0) - act.nowMs(), settleMsOf(act));
  if (restMs <= 0) return;
  await pauseWithinAttempt(Math.min(restMs, drainWaitMs));
  if (restMs <= drainWaitMs) return;
  const leftS = Math.ceil((restMs - drainWaitMs) / 1_000);
  throw new PlatformError(
    'unavailable',
    `routers and proxies have ${leftS} s more to follow the last change`,
  );
}
