import { formatDuration } from '../../../specs/kernel/duration.ts';
import { grouped, percent } from '../../kernel/figures-in-words.ts';

/** What a pod that divides requests has done to them by itself, in the last seconds. */
export interface OwnHarm {
  forMs: number;
  /** So long of that a request would have had to wait for its process. */
  stalledMs: number;
  /** So long of that it did something, or waited for a CPU to do it. */
  busyMs: number;
  requests: number;
  /** Which no pod of stable has answered. */
  unanswered: number;
}

const mostStalled = 0.3;
/** With more, requests queue. */
const mostBusy = 0.9;
const mostUnanswered = 0.02;
/** Fewer may be chance. */
const leastUnanswered = 5;

/** Why it should get no requests any more: it does harm itself, which both tracks suffer alike. */
export function judgeFront({
  forMs,
  stalledMs,
  busyMs,
  requests,
  unanswered,
}: OwnHarm): string | undefined {
  const within = formatDuration(forMs);
  if (stalledMs > mostStalled * forMs) {
    return `the pod of Belay was too slow itself: for ${percent(stalledMs / forMs)} of the last ${within} requests had to wait for it; its node has too little CPU for the requests that it gets`;
  }
  if (busyMs > mostBusy * forMs) {
    return `the pod of Belay had more to do than one CPU can: it was busy for ${percent(busyMs / forMs)} of the last ${within}, and requests waited for each other`;
  }
  if (unanswered < leastUnanswered || unanswered <= mostUnanswered * requests) return undefined;
  return `no pod of stable answered ${grouped(unanswered)} of the ${grouped(requests)} requests that the pod of Belay got in the last ${within}`;
}
