import type { Standing } from '../../contracts/objectives/standing.ts';
import type { Violation, ViolationKind } from '../../contracts/objectives/violation.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import type { Objective } from '../../specs/objectives/objective.ts';

/** `99.95%`, or `1200 requests/s`. */
export function showValue(
  { indicator }: Pick<Objective, 'indicator'>,
  value: number | undefined,
): string {
  if (value === undefined) return 'unknown';
  if (indicator === 'throughput') return `${Number(value.toPrecision(4))} requests/s`;
  return `${Number((value * 100).toPrecision(6))}%`;
}

const signs = { atLeast: 'at least', atMost: 'at most', equal: 'equal to' } as const;

/** `at least 99.9% over 30d`. */
function showTarget(
  objective: Pick<Objective, 'indicator' | 'comparison' | 'target' | 'window'>,
): string {
  const { comparison, target, window } = objective;
  const over =
    window.of === 'rolling'
      ? `over ${formatDuration(window.lengthMs)}`
      : `in this ${window.unit} (${window.zone})`;
  return `${signs[comparison]} ${showValue(objective, target)} ${over}`;
}

/** What a breach is, in one line. */
export function describeBreach(
  objective: Objective,
  { value, certainly, coverage }: Standing,
): string {
  const measured = `${(coverage * 100).toFixed(1)}% of the time was measured`;
  const sure = certainly ? 'whatever the rest was' : measured;
  return `${showValue(objective, value)}, and it has to be ${showTarget(objective)} (${sure})`;
}

const headlines: Readonly<Record<ViolationKind, { open: string; closed: string; was: string }>> = {
  breach: { open: 'is not met', closed: 'is met again', was: 'was not met' },
  'burn-page': {
    open: 'burns its error budget fast',
    closed: 'no longer burns its error budget fast',
    was: 'burned its error budget fast',
  },
  'burn-ticket': {
    open: 'burns its error budget',
    closed: 'no longer burns its error budget',
    was: 'burned its error budget',
  },
  silent: { open: 'has no data', closed: 'has data again', was: 'had no data' },
};

export interface ViolationMessage {
  title: string;
  text: string;
  severity: 'info' | 'warning' | 'critical';
}

/** What people are told of a violation, once when it opens and once when it is over. */
export function describeViolation(environment: string, violation: Violation): ViolationMessage {
  const { objective, service, kind, openedAtMs, closedAtMs, endedBy, reason } = violation;
  const of = `${environment}/${service}: ${objective}`;
  if (closedAtMs !== undefined) {
    const lasted = formatDuration(closedAtMs - openedAtMs);
    if (endedBy === 'dropped') {
      const text = `It ${headlines[kind].was} when its monitor was started without it, ${lasted} after it began with: ${reason}`;
      return { title: `${of} is no longer measured`, text, severity: 'info' };
    }
    const text = `It lasted ${lasted}. It began with: ${reason}`;
    return { title: `${of} ${headlines[kind].closed}`, text, severity: 'info' };
  }
  const isUrgent = kind === 'breach' || kind === 'burn-page';
  const severity = isUrgent ? 'critical' : 'warning';
  return { title: `${of} ${headlines[kind].open}`, text: reason, severity };
}
