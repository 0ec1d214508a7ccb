/** A fault as an experiment writes it, and what it is done to. */
export interface DoomedFault {
  written: { type: string; [key: string]: unknown };
  target:
    | { process: 'web' }
    | { host: true }
    | { network: 'shop' }
    | { disk: 'data' }
    | { proxy: 'shop' };
}

/**
 * Every fault that lasts, and that a kernel without netem can do: latency and corruption of a network need that. A
 * crash is over at once.
 */
export const doomedFaults: readonly DoomedFault[] = [
  { written: { type: 'freeze' }, target: { process: 'web' } },
  { written: { type: 'cpu', intensity: 0.1 }, target: { host: true } },
  { written: { type: 'memory', size: '64MiB' }, target: { host: true } },
  { written: { type: 'disk', leaveFree: '10%' }, target: { disk: 'data' } },
  { written: { type: 'loss', intensity: 0.5 }, target: { network: 'shop' } },
  { written: { type: 'partition' }, target: { network: 'shop' } },
  { written: { type: 'error', intensity: 0.5 }, target: { network: 'shop' } },
  { written: { type: 'dns' }, target: { network: 'shop' } },
  { written: { type: 'bandwidth', rate: '100kbit' }, target: { network: 'shop' } },
  { written: { type: 'partition' }, target: { proxy: 'shop' } },
  { written: { type: 'error', intensity: 0.5 }, target: { proxy: 'shop' } },
  { written: { type: 'latency', delay: '200ms' }, target: { proxy: 'shop' } },
];

/** `freeze`, `proxy-error`. */
export function nameOf({ written, target }: DoomedFault): string {
  return 'proxy' in target ? `proxy-${written.type}` : written.type;
}
