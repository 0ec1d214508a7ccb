import { showValue } from '../../policies/chaos/measure.ts';
import type { Direction, HostFault } from '../../specs/chaos/fault.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';

const directions: Readonly<Record<Direction, string>> = {
  both: 'in both directions',
  in: 'that come in',
  out: 'that are sent',
};

const share = (value: number) => showValue('errors', value);

/** A fault with its parameters: `latency: what is sent is 200ms late`. */
export function describeFault(fault: HostFault): string {
  const parameters = describeParameters(fault);
  return parameters === undefined ? fault.type : `${fault.type}: ${parameters}`;
}

function describeParameters(fault: HostFault): string | undefined {
  switch (fault.type) {
    case 'freeze':
    case 'crash':
    case 'dns':
      return undefined;
    case 'cpu':
      return `${fault.workers} ${fault.workers === 1 ? 'worker' : 'workers'}, busy for ${share(fault.load)} of the time`;
    case 'memory':
      return `${Math.round(fault.bytes / 2 ** 20)}MiB are taken`;
    case 'disk':
      return `filled until ${share(fault.leave)} is free`;
    case 'loss':
      return `${share(fault.share)} of the packets ${directions[fault.direction]}`;
    case 'partition':
      return `all packets ${directions[fault.direction]}`;
    case 'error':
      return `${share(fault.share)} of new TCP connections are reset`;
    case 'bandwidth':
      return `at most ${fault.kbitPerSecond}kbit/s of what is sent`;
    case 'latency': {
      const more = fault.jitterMs > 0 ? `, ${formatDuration(fault.jitterMs)} more or less` : '';
      return `what is sent is ${formatDuration(fault.delayMs)} late${more}`;
    }
    case 'corruption':
      return `one bit is wrong in ${share(fault.share)} of the packets that are sent`;
  }
}
