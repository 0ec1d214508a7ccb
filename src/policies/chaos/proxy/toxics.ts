import type { ProxyFault } from '../../../specs/chaos/fault.ts';

/** Of any experiment. */
const prefix = 'belay-';

/** What of a fault is told to Toxiproxy, for one that names its toxics with `id`. */
export function toxicsOf(id: string, fault: ProxyFault) {
  const name = (stream: string) => `${prefix}${id}-${stream}`;
  switch (fault.type) {
    case 'latency':
      return [
        {
          ...{ name: name('downstream'), type: 'latency' as const, stream: 'downstream' as const },
          ...{ toxicity: 1, attributes: { latency: fault.delayMs, jitter: fault.jitterMs } },
        },
      ];
    case 'error':
      return [
        {
          ...{ name: name('downstream'), type: 'reset_peer' as const },
          stream: 'downstream' as const,
          ...{ toxicity: fault.share, attributes: { timeout: 0 } },
        },
      ];
    case 'partition':
      return streamsOf(fault).map((stream) => ({
        ...{ name: name(stream), type: 'timeout' as const, stream },
        ...{ toxicity: 1, attributes: { timeout: 0 } },
      }));
  }
}

/** A client gets what comes downstream, and sends upstream. */
function streamsOf({ direction }: Extract<ProxyFault, { type: 'partition' }>) {
  const streams = {
    in: ['downstream'],
    out: ['upstream'],
    both: ['upstream', 'downstream'],
  } as const;
  return streams[direction];
}

export interface SortedToxics {
  /** Of the fault with this `id`. */
  own: string[];
  /** Of other experiments. */
  left: string[];
  foreign: string[];
}

export function sortToxics(id: string, names: readonly string[]): SortedToxics {
  const own = names.filter((name) => name.startsWith(`${prefix}${id}-`));
  const left = names.filter((name) => name.startsWith(prefix) && !own.includes(name));
  return { own, left, foreign: names.filter((name) => !name.startsWith(prefix)) };
}

export interface AskedThrough {
  ok: boolean;
  latencyMs: number;
}

const missedOnceIn = 1_000;
const mostAsks = 50;

/** How often a probe asks, so that a fault of connections is missed by chance once in 1,000 times. */
export function asksOf(fault: ProxyFault): number {
  if (fault.type !== 'error' || fault.share >= 1) return 1;
  return Math.min(mostAsks, Math.ceil(Math.log(1 / missedOnceIn) / Math.log(1 - fault.share)));
}

/** Whether this answer to a probe through the proxy shows the fault. */
export function showsFault(fault: ProxyFault, { ok, latencyMs }: AskedThrough): boolean {
  if (fault.type !== 'latency') return !ok;
  return latencyMs >= Math.max(1, fault.delayMs - fault.jitterMs);
}

/** Why a probe that waits so long could not see the fault; undefined where it can. */
export function refuseProbe(
  fault: ProxyFault,
  probe: string,
  timeoutMs: number,
): string | undefined {
  if (fault.type !== 'latency' || fault.delayMs + fault.jitterMs < timeoutMs) return undefined;
  return `its probe ${probe} waits ${timeoutMs} ms at most, and could not see answers that are ${fault.delayMs + fault.jitterMs} ms late: give it more time`;
}
