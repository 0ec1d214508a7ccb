import * as z from 'zod';
import type { CalendarRule } from '../../contracts/kernel/change-control.ts';
import { readRule } from '../../policies/kernel/change-control/read-rule.ts';
import { listOf, mapping, text } from '../kernel/written.ts';
import { zone } from '../kernel/zone.ts';

/** The only hours in which a fault may be there, on the clock of a zone. */
export interface AllowedHours {
  zone: string;
  rules: CalendarRule[];
}

const weekly = text('write a window of a week, such as Mon-Fri 09:00 to 17:00').transform(
  (written, context): CalendarRule => {
    const read = readRule(written);
    if ('rule' in read && read.rest === '') return read.rule;
    context.addIssue('problem' in read ? read.problem : 'has more after its times; write zone');
    return z.NEVER;
  },
);

export const allowedHoursSchema = mapping(
  {
    zone: zone.describe('An IANA time zone.'),
    every: listOf(weekly, 'write a list of windows of a week')
      .max(20, { error: 'has too many windows; at most 20' })
      .describe('Such as Mon-Fri 09:00 to 17:00.'),
  },
  { timezone: 'write zone', days: 'write every: a list' },
).transform(({ zone: name, every: rules }): AllowedHours => ({ zone: name, rules }));
