import type { LatencyHistogram } from '../../src/contracts/rollouts/traffic.ts';
import { binomial, type Random } from './random.ts';

/** A slower response is bad. */
export const slowMs = 500;

const boundsMs = [250, slowMs, 1_000, 2_500];

/** Fast responses from memory, and delayed responses: log-logistic, each with its median. */
const quick = { medianMs: 40, shape: 5 };
const waiting = { medianMs: 800, shape: 5 };

const tailAbove = ({ medianMs, shape }: typeof quick, boundMs: number) =>
  1 / (1 + (boundMs / medianMs) ** shape);
const tails = boundsMs.map((boundMs) => ({
  quick: tailAbove(quick, boundMs),
  waiting: tailAbove(waiting, boundMs),
}));
const slowQuick = tailAbove(quick, slowMs);
const slowWaiting = tailAbove(waiting, slowMs);

/** What a source would count if this share of the requests were slower than the bound. */
export function drawLatencies(random: Random, total: number, slowShare: number): LatencyHistogram {
  const waitingShare = Math.max(0, (slowShare - slowQuick) / (slowWaiting - slowQuick));
  let [above, likely] = [total, 1];
  const counts = tails.map((tail) => {
    const share = (1 - waitingShare) * tail.quick + waitingShare * tail.waiting;
    above = binomial(random, above, share / likely);
    likely = share;
    return total - above;
  });
  return { boundsMs: [...boundsMs, null], counts: [...counts, total] };
}
