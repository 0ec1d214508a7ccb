import { setTimeout as sleep } from 'node:timers/promises';
import type { Act } from './act.ts';

/** How long routers and proxies may take to follow a change that the API server has accepted. */
export function settleMsOf({ proxySettleMs, router }: Act): number {
  return Math.max(proxySettleMs, router?.settleMs ?? 0);
}

/** Waits for that moment, but never longer than a whole settling: clocks of two workers differ. */
export async function untilSettled(act: Act, settledAtMs: number | undefined): Promise<void> {
  const restMs = Math.min((settledAtMs ?? 0) - act.nowMs(), settleMsOf(act));
  if (restMs > 0) await sleep(restMs);
}
