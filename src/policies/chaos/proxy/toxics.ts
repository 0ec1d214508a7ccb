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
