import type { Standing } from '../../contracts/objectives/standing.ts';
import type { Violation, ViolationKind } from '../../contracts/objectives/violation.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import type { Objective } from '../../specs/objectives/objective.ts';

/** `99.95%`, or `1200 requests/s`. */
export function showValue(
  { indicator, comparison }: Pick<Objective, 'indicator'> & Partial<Pick<Objective, 'comparison'>>,
  value: number | undefined,
): string {
  if (value === undefined) return 'unknown';
  if (indicator === 'throughput') {
    return `${fourDigits(value, comparison === 'atMost' ? Math.ceil : Math.floor)} requests/s`;
  }
  // Towards what is worse: what is not whole never reads as whole, nor what fails as what does not.
  return indicator === 'errorRate' ? showShare(value, Math.ceil) : showShare(value, Math.floor);
}

function fourDigits(value: number, towards: (value: number) => number): number {
  if (value === 0) return 0;
  const scale = 10 ** (3 - Math.floor(Math.log10(value)));
  return Number((towards(Number((value * scale).toPrecision(14))) / scale).toPrecision(4));
}

/** `99.9999%`: with as many digits as tell it from 0 and from 1. */
export function showShare(
  share: number,
  towards: (value: number) => number,
  leastDigits = 4,
): string {
  const nearest = Math.min(...[share, 1 - share].filter((distance) => distance > 0), 1);
  const digits = Math.min(10, Math.max(leastDigits, Math.ceil(-Math.log10(nearest)) - 1));
  const scale = 10 ** digits;
  // 0.9995 * 100 is not 99.95 to a computer.
  const scaled = Number((share * 100 * scale).toPrecision(14));
  return `${Number((towards(scaled) / scale).toPrecision(14))}%`;
}

/** Of nothing that was measured nobody knows what it spent. */
export function showBudgetLeft(remaining: number, coverage: number): string {
  return coverage === 0 ? 'unknown' : showLeft(remaining);
}

/** What is left of a budget, rounded down; less than nothing where more was spent than allowed. */
export function showLeft(remaining: number): string {
  if (remaining >= 0) return showShare(remaining, Math.floor, 1);
  // Rounded towards zero, one that is overspent by little would read as one that is exactly spent.
  return `-${showShare(-remaining, Math.ceil, 1)}`;
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
  const measured = `${showShare(coverage, Math.floor, 1)} of the time was measured`;
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

const mostNamed = 10;

/**
 * What people are told of several violations of one kind, all of which have opened or are over: one message
 * with the first ten of them.
 */
export function describeTogether(
  environment: string,
  violations: readonly Violation[],
): ViolationMessage {
  const messages = violations.map((each) => describeViolation(environment, each));
  const [first] = messages;
  const [{ kind, closedAtMs } = { kind: 'silent' as const }] = violations;
  const { open, closed } = manyHeadlines[kind];
  const title = `${environment}: ${violations.length} objectives ${closedAtMs === undefined ? open : closed}`;
  const named = messages.slice(0, mostNamed).map((each) => `${each.title}: ${each.text}`);
  const left = messages.length - named.length;
  const text = [
    ...named,
    ...(left > 0 ? [`And ${left} more: belay slo status -e ${environment}`] : []),
  ];
  return { title, text: text.join('\n'), severity: first?.severity ?? 'info' };
}

/** What people are told where nothing is judged, and where all is judged again. */
export function describeUnjudged(
  environment: string,
  unjudged: { sinceMs: number; why: string } | undefined,
): ViolationMessage {
  if (unjudged === undefined) {
    return {
      title: `${environment}: objectives are judged again`,
      text: 'Minutes that were counted meanwhile are written as far as they are known.',
      severity: 'info',
    };
  }
  const since = new Date(unjudged.sinceMs).toISOString();
  return {
    title: `${environment}: objectives are not judged`,
    text: `Since ${since} no violation opens or closes, and budgets stop nothing: ${unjudged.why}`,
    severity: 'warning',
  };
}

const manyHeadlines: Readonly<Record<ViolationKind, { open: string; closed: string }>> = {
  breach: { open: 'are not met', closed: 'are met again, or no longer judged' },
  'burn-page': {
    open: 'burn their error budgets fast',
    closed: 'no longer burn their error budgets fast',
  },
  'burn-ticket': {
    open: 'burn their error budgets',
    closed: 'no longer burn their error budgets',
  },
  silent: { open: 'have no data', closed: 'have data again, or are no longer measured' },
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
    if (endedBy === 'unjudged') {
      const text = `It ${headlines[kind].was} when its monitor was started with another window or comparison, ${lasted} after it began with: ${reason}`;
      return { title: `${of} is no longer judged by its burn rate`, text, severity: 'info' };
    }
    const text = `It lasted ${lasted}. It began with: ${reason}`;
    return { title: `${of} ${headlines[kind].closed}`, text, severity: 'info' };
  }
  const isUrgent = kind === 'breach' || kind === 'burn-page';
  const severity = isUrgent ? 'critical' : 'warning';
  return { title: `${of} ${headlines[kind].open}`, text: reason, severity };
}
