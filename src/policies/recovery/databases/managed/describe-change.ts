import type { Severity } from '../../../../kinds/notification-events.ts';

/** Who leads, by the manager and by its own server. */
export interface LedBy {
  leader: string;
  timeline?: number;
  systemIdentifier?: string;
}

export interface Change {
  title: string;
  text: string;
  severity: Severity;
}

/** What people are told of a leader that is another one, or no longer what it was; undefined: nothing. */
export function describeChange(
  before: LedBy | undefined,
  now: LedBy,
  manager = 'Patroni',
): Change | undefined {
  if (before === undefined) return undefined;
  const { leader, timeline, systemIdentifier } = now;
  if (
    systemIdentifier !== undefined &&
    (before.systemIdentifier ?? systemIdentifier) !== systemIdentifier
  ) {
    return {
      title: `${leader} is another database`,
      text: `Its system identifier is ${systemIdentifier}, and was ${before.systemIdentifier}: the cluster was initialised anew, or an agent's settings name another one`,
      severity: 'critical',
    };
  }
  const [from, to] = [before.timeline ?? 0, timeline ?? before.timeline ?? 0];
  if (to < from) {
    return {
      title: `The timeline of ${leader} went back`,
      text: `It takes writes on timeline ${to}, and ${before.leader} did on ${from}: what was written on ${from} is gone. Stop writes, and compare both`,
      severity: 'critical',
    };
  }
  if (leader === before.leader && to === from) return undefined;
  const timelines = to > from ? `, on timeline ${to} after ${from}` : '';
  return {
    title:
      leader === before.leader
        ? `${manager} promoted ${leader} again`
        : `${manager} failed over from ${before.leader} to ${leader}`,
    text: `${leader} takes writes${timelines}`,
    severity: 'warning',
  };
}
