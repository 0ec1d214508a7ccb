/** What the requests of a probe through a proxy show of its fault. */
import type { ProxyFault } from '../../../specs/chaos/fault.ts';
import { formatDuration } from '../../../specs/kernel/duration.ts';
import { percent } from '../../kernel/figures-in-words.ts';
import { lookWithinMs } from '../seen-within.ts';

export interface AskedThrough {
  ok: boolean;
  detail: string;
  latencyMs: number;
}

type Latency = Extract<ProxyFault, { type: 'latency' }>;

/** Of connections that are reset: one may fail for another reason. */
const leastFailed = 4;
const missedOnceIn = 20;
const mostAsks = 50;
/** An answer of a latency is so late at least, whatever its jitter: half of the widest are not. */
const leastOfDelay = 0.5;
const asksOfLatency = 3;

/** How often a probe asks in one look, which misses the fault once in 20 times at most. */
export function asksOf(fault: ProxyFault): number {
  if (fault.type !== 'error') return 1;
  let asks = leastFailed;
  while (asks < mostAsks && missChance(fault.share, asks) > 1 / missedOnceIn) asks += 1;
  return asks;
}

/** How often it asks before anything is injected. */
export function asksBefore(fault: ProxyFault): number {
  return fault.type === 'latency' ? asksOfLatency : asksOf(fault);
}

/** Whether these answers show the fault. */
export function isShown(fault: ProxyFault, answers: readonly AskedThrough[]): boolean {
  if (fault.type === 'latency') {
    return answers.some(({ latencyMs }) => latencyMs >= delayedFromMs(fault));
  }
  return failedOf(answers) >= (fault.type === 'error' ? leastFailed : 1);
}

export function describeAnswers(answers: readonly AskedThrough[]): string {
  const last = answers.at(-1);
  const count = answers.length === 1 ? '1 request' : `${answers.length} requests`;
  const said = last === undefined ? '' : `; the last: ${last.detail}, after ${last.latencyMs} ms`;
  return `${failedOf(answers)} of ${count} through the proxy failed${said}`;
}

/** Every reason why no probe that waits so long could see the fault; empty: it could. */
export function refuseProbe(fault: ProxyFault, probe: string, timeoutMs: number): string[] {
  if (fault.type === 'error' && missChance(fault.share, mostAsks) > 1 / missedOnceIn) {
    const share = percent(fault.share);
    return [
      `a reset of ${share} of the connections could not be told from chance in ${mostAsks} requests: write an intensity of at least ${leastShare()}`,
    ];
  }
  if (fault.type !== 'latency') return [];
  const lateMs = fault.delayMs + fault.jitterMs;
  if (lateMs >= lookWithinMs) {
    return [
      `answers that are ${lateMs} ms late could not be seen, since a look at a fault takes ${formatDuration(lookWithinMs)} at most: write a shorter delay`,
    ];
  }
  if (lateMs < timeoutMs) return [];
  return [
    `its probe ${probe} waits ${timeoutMs} ms at most, and could not see answers that are ${lateMs} ms late: give it more time`,
  ];
}

/** Every reason why what a probe met before anything is injected could not be told from the fault. */
export function refuseBefore(
  fault: ProxyFault,
  probe: string,
  answers: readonly AskedThrough[],
): string[] {
  const failed = answers.find(({ ok }) => !ok);
  if (failed !== undefined) {
    const often = answers.length === 1 ? '' : ` (${failedOf(answers)} of ${answers.length})`;
    return [
      `its probe ${probe} does not pass before anything is injected${often}: ${failed.detail}`,
    ];
  }
  const slowestMs = Math.max(...answers.map(({ latencyMs }) => latencyMs));
  if (fault.type === 'latency' && slowestMs >= delayedFromMs(fault)) {
    return [
      `its probe ${probe} takes ${slowestMs} ms without a fault, and would see the delay by ${delayedFromMs(fault)} ms: write a longer delay, or less jitter`,
    ];
  }
  if (fault.type === 'error' && answers.length < asksOf(fault)) {
    return [
      `its probe ${probe} answered ${answers.length} of ${asksOf(fault)} requests within ${formatDuration(lookWithinMs)}: write a larger intensity, or name a quicker probe`,
    ];
  }
  return [];
}

/** Of the widest jitter, three quarters are above the half. */
function delayedFromMs({ delayMs, jitterMs }: Latency): number {
  return Math.max(delayMs - jitterMs, leastOfDelay * delayMs);
}

function failedOf(answers: readonly AskedThrough[]): number {
  return answers.filter(({ ok }) => !ok).length;
}

/** Of so many connections, of which this share is reset: that fewer than `leastFailed` are. */
function missChance(share: number, asks: number): number {
  if (share >= 1) return asks < leastFailed ? 1 : 0;
  let exactly = (1 - share) ** asks;
  let fewer = exactly;
  for (let failed = 1; failed < leastFailed; failed += 1) {
    exactly *= ((asks - failed + 1) / failed) * (share / (1 - share));
    fewer += exactly;
  }
  return fewer;
}

function leastShare(): number {
  let hundredths = 1;
  while (missChance(hundredths / 100, mostAsks) > 1 / missedOnceIn) hundredths += 1;
  return hundredths / 100;
}
