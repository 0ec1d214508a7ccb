import { describe, expect, it } from 'vitest';
import { describeCalendar } from '../../../../src/policies/kernel/change-control/calendar-words.ts';
import { readFreeze } from '../../../../src/policies/kernel/change-control/read-freeze.ts';
import {
  readEngageLever,
  readPermitRequest,
  readThaw,
} from '../../../../src/policies/kernel/change-control/read-messages.ts';
import { readMoment } from '../../../../src/policies/kernel/change-control/read-moment.ts';
import { readRule } from '../../../../src/policies/kernel/change-control/read-rule.ts';
import { canary, nowMs } from './examples.ts';

const who = { by: 'ana', why: 'sale' };

describe('a freeze that is asked for', () => {
  it.each([
    ['for good', who, who],
    [
      'until a time with an offset',
      { ...who, until: '2026-12-24T18:00+01:00' },
      { ...who, untilMs: Date.parse('2026-12-24T17:00Z') },
    ],
    [
      'of services, each once',
      { ...who, services: ['shop', 'cart', 'shop'] },
      { ...who, services: ['shop', 'cart'] },
    ],
    [
      'every weekend',
      { ...who, every: 'weekends Europe/Berlin' },
      {
        ...who,
        calendar: {
          zone: 'Europe/Berlin',
          rules: [{ weekdays: [6], from: '00:00', to: '00:00', days: 2 }],
          periods: [],
        },
      },
    ],
    [
      'by a calendar',
      {
        ...who,
        calendar: {
          zone: 'UTC',
          every: ['daily 22:00 to 06:00'],
          periods: [{ from: '2026-12-18 16:00', to: '2027-01-04T08:00' }],
        },
      },
      {
        ...who,
        calendar: {
          zone: 'UTC',
          rules: [{ weekdays: [1, 2, 3, 4, 5, 6, 7], from: '22:00', to: '06:00', days: 1 }],
          periods: [{ from: '2026-12-18T16:00', to: '2027-01-04T08:00' }],
        },
      },
    ],
  ])('%s is read', (_, given, value) => {
    expect(readFreeze(given, nowMs)).toEqual({ ok: true, value });
  });

  it.each([
    [undefined, 'the input is nothing; send an object like {"by": "ana", "why": "Black Friday"'],
    ['prod', 'the input is "prod"; send an object'],
    [{}, 'by is missing; say who freezes; why is missing; everybody whose rollout is refused'],
    [{ by: 'ana', why: ' ' }, 'why is " "; send text'],
    [{ ...who, why: 'x'.repeat(501) }, 'why has 501 characters; send at most 500'],
    [{ ...who, untl: 1 }, 'untl is unknown; known are by, why, until, services, every, calendar'],
    [
      { ...who, until: '2026-12-24T18:00' },
      'until: "2026-12-24T18:00" has no offset, so it is another moment in each time zone; ' +
        'write a time with its offset, such as 2026-12-24T18:00+01:00 or 2026-12-24T17:00Z',
    ],
    [{ ...who, until: 'tomorrow' }, 'until: "tomorrow" is not a time; write'],
    [{ ...who, until: '2026-02-30T18:00Z' }, 'until: "2026-02-30T18:00Z" is on no calendar'],
    [{ ...who, until: '2026-11-29T12:00Z' }, 'until: 2026-11-29T12:00Z is over'],
    [{ ...who, services: 'shop' }, 'services is "shop"; send a list of 1 to 100'],
    [{ ...who, services: ['Shop!'] }, 'services: "Shop!" can be no service'],
    [{ ...who, every: 'weekends' }, '"weekends" has no time zone; add one at its end'],
    [
      { ...who, every: 'sometimes UTC' },
      'every: "sometimes UTC" is not a weekly window; write "Fri',
    ],
    [{ ...who, every: 'x UTC', calendar: {} }, 'every and calendar: send one of them'],
    [
      { ...who, calendar: { zone: 'UTC' } },
      'calendar: has no windows; write every, periods, or both',
    ],
    [
      { ...who, calendar: { every: ['weekends'] } },
      'calendar: zone is missing; write an IANA time zone',
    ],
    [
      { ...who, calendar: { zone: 'UTC', every: ['weekends UTC'] } },
      `"weekends UTC" names a time zone; the calendar's zone is for all of them`,
    ],
    [
      { ...who, calendar: { zone: 'UTC', periods: [{ from: '2026-12-18 16:00Z', to: 'x' }] } },
      'calendar: periods: from: "2026-12-18 16:00Z" is not a local time; write the date and the time of day',
    ],
    [
      {
        ...who,
        calendar: { zone: 'UTC', periods: [{ from: '2026-12-18 16:00', to: '2026-12-18 16:00' }] },
      },
      'calendar: periods: to: 2026-12-18T16:00 is not after 2026-12-18T16:00',
    ],
  ])('as %o is refused with what is accepted', (given, reason) => {
    const read = readFreeze(given, nowMs);
    expect(read).toMatchObject({ ok: false });
    expect(read.ok ? '' : read.reason).toContain(reason);
  });
});

it('what people write cannot move the cursor or colour a terminal', () => {
  expect(readThaw({ by: 'an\u001b[31ma' })).toEqual({ ok: true, value: { by: 'an\ufffd[31ma' } });
});

describe('a weekly window', () => {
  it.each([
    ['Fri 16:00 to Mon 08:00', 'every Fri 16:00 to Mon 08:00 (UTC)'],
    ['friday 16:00 to monday 8:00', 'every Fri 16:00 to Mon 08:00 (UTC)'],
    ['Mon-Fri 22:00 to 06:00', 'every Mon, Tue, Wed, Thu, Fri 22:00 to 06:00 (UTC)'],
    ['Sat-Mon 09:00 to 17:00', 'every Mon, Sat, Sun 09:00 to 17:00 (UTC)'],
    ['Tue, Thu 12:00 to 13:30', 'every Tue, Thu 12:00 to 13:30 (UTC)'],
    ['daily 22:00 to 06:00', 'every day 22:00 to 06:00 (UTC)'],
    ['weekends', 'every Sat 00:00 to Mon 00:00 (UTC)'],
    ['Mon 10:00 to Mon 09:00', 'every Mon 10:00 to Mon 09:00 (UTC)'],
  ])('written "%s" is %s', (written, words) => {
    const read = readRule(written);
    if ('problem' in read) throw new Error(read.problem);
    expect(describeCalendar({ zone: 'UTC', rules: [read.rule], periods: [] })).toBe(words);
  });

  it.each([
    'Fri',
    'Fry 16:00 to Mon 08:00',
    'Fri 25:00 to Mon 08:00',
    'Mon-Fri 16:00 to Mon 08:00',
    'Fri-Mon-Tue 16:00 to 17:00',
  ])('written "%s" is refused with what is accepted', (written) => {
    expect(readRule(written)).toMatchObject({
      problem: expect.stringContaining('write "Fri 16:00 to Mon 08:00"') as string,
    });
  });
});

it.each([
  ['2026-12-24T18:00+01:00', '2026-12-24T17:00:00.000Z'],
  ['2026-12-24 18:00:30 -0500', '2026-12-24T23:00:30.000Z'],
  ['2026-12-24t17:00z', '2026-12-24T17:00:00.000Z'],
])('the time %s is %s', (written, utc) => {
  const read = readMoment(written);
  expect('ms' in read && new Date(read.ms).toISOString()).toBe(utc);
});

describe('other messages', () => {
  it('are read as they are', () => {
    expect(readPermitRequest(canary)).toEqual({ ok: true, value: canary });
    const overriding = { ...canary, override: who };
    expect(readPermitRequest(overriding)).toEqual({ ok: true, value: overriding });
    const child = { ...canary, parent: { workflowId: 'rollout/prod/shop', runRef: 'one' } };
    expect(readPermitRequest(child)).toEqual({ ok: true, value: child });
    // Such as a campaign, whose experiments each ask for what they change.
    const changesNothing = { ...canary, kind: 'chaosCampaign', scopes: [] };
    expect(readPermitRequest(changesNothing)).toEqual({ ok: true, value: changesNothing });
    expect(readThaw({ by: 'ana', freeze: 2 })).toEqual({
      ok: true,
      value: { by: 'ana', freeze: 2 },
    });
  });

  it.each([
    [readThaw({ by: 'ana', freeze: 'all' }), 'freeze is "all"; send a whole number from 1 up'],
    [readThaw({}), 'by is missing; say who thaws'],
    [readEngageLever({ by: 'ana' }), 'why is missing; everybody whose run is stopped'],
    [readPermitRequest({}), 'runRef is missing'],
    [readPermitRequest({ ...canary, scopes: 'shop' }), 'scopes is "shop"; send a list of 0 to 10'],
    [
      readPermitRequest({ ...canary, scopes: [{ of: 'planet', name: 'earth' }] }),
      'scopes: of is "planet"; send one of service, database, repository, host, namespace, environment',
    ],
    [readPermitRequest({ ...canary, override: { by: 'bo' } }), 'override: why is missing; say why'],
    [readPermitRequest({ ...canary, parent: { runRef: 'one' } }), 'parent: workflowId is missing'],
  ])('are refused with what is accepted: %o', (read, reason) => {
    expect(read.ok ? '' : read.reason).toContain(reason);
  });
});
