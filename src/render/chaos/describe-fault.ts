import { showValue } from '../../policies/chaos/measure.ts';
import {
  isCopyFault,
  isTrackFault,
  type Direction,
  type Fault,
  type TrackFault,
} from '../../specs/chaos/fault.ts';
import type { ExperimentTarget } from '../../specs/chaos/target.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';

const directions: Readonly<Record<Direction, string>> = {
  both: 'in both directions',
  in: 'that come in',
  out: 'that are sent',
};

const share = (value: number) => showValue('errors', value);

/** A fault with its parameters: `latency: what is sent is 200ms late`. */
export function describeFault(fault: Fault, target?: ExperimentTarget): string {
  const parameters = describeFor(fault, target);
  return parameters === undefined ? fault.type : `${fault.type}: ${parameters}`;
}

function describeFor(fault: Fault, target?: ExperimentTarget): string | undefined {
  if (target === undefined) return describeParameters(fault);
  if ('tracks' in target && isTrackFault(fault)) return describeForTracks(fault);
  if ('copy' in target && isCopyFault(fault)) {
    return `one bit is wrong in ${share(fault.share)} of the blocks`;
  }
  return describeParameters(fault);
}

function describeForTracks(fault: TrackFault): string {
  switch (fault.type) {
    case 'error':
      return `${share(fault.share)} of the requests are answered with 503`;
    case 'latency':
      return `each request is ${formatDuration(fault.delayMs)} late${spread(fault.jitterMs)}`;
    case 'crash':
      return 'one replica of the track is killed';
    case 'freeze':
      return 'one replica of the track is stopped';
  }
}

function spread(jitterMs: number): string {
  return jitterMs > 0 ? `, ${formatDuration(jitterMs)} more or less` : '';
}

function describeParameters(fault: Fault): string | undefined {
  switch (fault.type) {
    case 'freeze':
    case 'crash':
    case 'dns':
      return undefined;
    case 'outage':
      return 'a container that does nothing takes the place of each container of the pod';
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
    case 'latency':
      return `what is sent is ${formatDuration(fault.delayMs)} late${spread(fault.jitterMs)}`;
    case 'corruption':
      return `one bit is wrong in ${share(fault.share)} of the packets that are sent`;
  }
}
