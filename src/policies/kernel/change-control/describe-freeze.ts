import type { Freeze, FreezeCalendar } from '../../../contracts/kernel/change-control.ts';
import type { ActiveFreeze } from './active-freezes.ts';
import { describeCalendar } from './calendar-words.ts';

/** To the minute: `2026-12-24 17:00 UTC`. */
export function utcMinute(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** What a freeze is about: `prod`, or `prod/shop and prod/cart`. */
export function frozenSubject(environment: string, { services }: Pick<Freeze, 'services'>): string {
  return services?.map((service) => `${environment}/${service}`).join(' and ') ?? environment;
}

/** Whose, of what, until when and why, as a clause: what to do about it is not in it. */
export function describeActive(environment: string, { freeze, untilMs }: ActiveFreeze): string {
  const { id, by, why, calendar } = freeze;
  const isOne = freeze.services === undefined || freeze.services.length === 1;
  const until = untilMs === undefined ? 'until it is thawed' : `until ${utcMinute(untilMs)}`;
  const when = calendar === undefined ? until : `${until}, ${describeCalendar(calendar)}`;
  return `${frozenSubject(environment, freeze)} ${isOne ? 'is' : 'are'} frozen by ${by} ${when}: "${why}" (freeze ${id})`;
}

/** When a freeze holds: `until it is thawed`. */
export function describeTerm({
  untilMs,
  calendar,
}: Pick<Freeze, 'untilMs'> & { calendar?: FreezeCalendar }): string {
  const until = untilMs === undefined ? 'until it is thawed' : `until ${utcMinute(untilMs)}`;
  return calendar === undefined ? until : `${describeCalendar(calendar)}, ${until}`;
}
