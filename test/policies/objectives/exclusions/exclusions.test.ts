import { describe, expect, it, test } from 'vitest';
import type { Exclusion } from '../../../../src/contracts/objectives/exclusion.ts';
import { hourMs, minuteMs } from '../../../../src/contracts/objectives/minute.ts';
import { problemsOfAnnouncement } from '../../../../src/policies/objectives/exclusions/announce-exclusion.ts';
import {
  approveExclusion,
  cancelExclusion,
} from '../../../../src/policies/objectives/exclusions/change-exclusion.ts';
import {
  appliedExclusions,
  whyNotExcluded,
} from '../../../../src/policies/objectives/exclusions/judge-exclusion.ts';

const nowMs = Date.UTC(2026, 10, 30, 12);
const known: Exclusion = {
  ...{ id: 'm-1', environment: 'prod', services: ['shop'], why: 'New disks', by: 'ana@laptop' },
  ...{ announcedAtMs: nowMs - hourMs, fromMs: nowMs + hourMs, untilMs: nowMs + 2 * hourMs },
};

describe('maintenance that is announced', () => {
  it('is accepted before it begins, beside that of another service', () => {
    const { fromMs, untilMs } = known;
    expect(problemsOfAnnouncement({ fromMs, untilMs, services: ['cart'] }, [known], nowMs)).toEqual(
      [],
    );
  });

  it('is refused with every problem at once', () => {
    const announced = {
      fromMs: nowMs - 30_000,
      untilMs: nowMs + 90 * 60_000,
      services: ['shop', 'shp'],
    };
    expect(problemsOfAnnouncement(announced, [known], nowMs)).toEqual([
      '--from: has passed; maintenance is announced before it begins. An outage is recorded by belay slo downtime',
      '--from, --to: write whole minutes',
      '--from, --to: overlaps m-1, which was announced by ana@laptop',
    ]);
  });

  it('overlaps that of the whole environment, and nothing that was cancelled', () => {
    const { services: _, ...announced } = known;
    expect(problemsOfAnnouncement(announced, [known], nowMs)).toHaveLength(1);
    expect(problemsOfAnnouncement(announced, [{ ...known, withdrawnAtMs: nowMs }], nowMs)).toEqual(
      [],
    );
  });

  it('ends after it begins, and within a week', () => {
    const late = { fromMs: nowMs + hourMs, untilMs: nowMs + 200 * hourMs };
    expect(problemsOfAnnouncement(late, [], nowMs)).toHaveLength(1);
    const none = { fromMs: nowMs + hourMs, untilMs: nowMs + hourMs };
    expect(problemsOfAnnouncement(none, [], nowMs)).toHaveLength(1);
  });
});

describe('an approval', () => {
  it('by somebody else makes it count', () => {
    const changed = approveExclusion(known, 'bo', nowMs);
    if ('refusal' in changed) throw new Error(changed.refusal);
    expect(changed.exclusion).toMatchObject({ approvedBy: 'bo', approvedAtMs: nowMs });
    expect(whyNotExcluded(changed.exclusion)).toBeUndefined();
  });

  it.each([
    ['by its author on another host', known, 'Ana@desktop', nowMs, /somebody else/],
    ['by its author with a blank behind the name', known, 'ana ', nowMs, /somebody else/],
    ['once it has begun', known, 'bo', known.fromMs, /has begun/],
    ['of what was cancelled', { ...known, withdrawnAtMs: 1 }, 'bo', nowMs, /cancelled/],
    ['by nobody', known, ' ', nowMs, /give a name/],
    ['a second time', { ...known, approvedBy: 'bo' }, 'cy', nowMs, /already approved by bo/],
  ])('%s is refused', (_, exclusion, by, atMs, reason) => {
    expect(approveExclusion(exclusion, by, atMs)).toEqual({
      refusal: expect.stringMatching(reason) as string,
    });
  });
});

test('one that was approved after it began excludes nothing', () => {
  const late = { ...known, approvedBy: 'bo', approvedAtMs: known.fromMs + 1 };
  expect(whyNotExcluded(late)).toBe('it was approved after its beginning');
  expect(appliedExclusions('shop', [late])).toEqual([]);
});

describe('a cancellation', () => {
  it('before it begins takes it back', () => {
    expect(cancelExclusion(known, 'bo', nowMs)).toEqual({
      exclusion: { ...known, withdrawnAtMs: nowMs, withdrawnBy: 'bo' },
    });
  });

  it('while it goes on ends it, and leaves what has passed excluded', () => {
    const atMs = known.fromMs + 10 * minuteMs - 1;
    const ended = cancelExclusion(known, 'bo', atMs);
    expect(ended).toEqual({
      exclusion: {
        ...{ ...known, untilMs: known.fromMs + 10 * minuteMs },
        endedEarly: { by: 'bo', atMs, plannedUntilMs: known.untilMs },
      },
    });
  });

  it('after its end is refused: old reports stay as they are', () => {
    expect(cancelExclusion(known, 'bo', known.untilMs)).toEqual({
      refusal: expect.stringMatching(/is over/) as string,
    });
  });
});
