import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { retentionSchema } from '../../../src/specs/backups/retention.ts';
import { resolveAgainst } from '../../../src/specs/kernel/resolve.ts';

const dayMs = 86_400_000;
const inPlan = z.object({ retention: retentionSchema });
const safetyCopiesMs = 7 * dayMs;
const none = { count: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 };

function resolved(retention: unknown) {
  const resolution = resolveAgainst(inPlan, { retention });
  if (!resolution.ok) throw new Error(JSON.stringify(resolution.problems));
  return resolution.spec.retention;
}

function problemsOf(retention: unknown): string[] {
  const resolution = resolveAgainst(inPlan, { retention });
  if (resolution.ok) throw new Error(`accepted: ${JSON.stringify(resolution.spec)}`);
  return resolution.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('the retention of a plan', () => {
  it('keeps sets and every moment for 30 days where nothing is written', () => {
    const usual = { ...none, ageMs: 30 * dayMs, pointInTimeMs: 30 * dayMs, zone: 'UTC' };
    expect(resolved(undefined)).toEqual({ ...usual, safetyCopiesMs, repositories: {} });
    expect(resolved({})).toEqual({ ...usual, safetyCopiesMs, repositories: {} });
  });

  it('has no age where another rule is written, and promises no span then', () => {
    expect(resolved({ count: 2 })).toEqual({
      ...{ ...none, count: 2, zone: 'UTC', safetyCopiesMs, repositories: {} },
    });
    expect(resolved({ daily: 7, pointInTime: '3d' })).toEqual({
      ...none,
      ...{ daily: 7, zone: 'UTC', pointInTimeMs: 3 * dayMs, safetyCopiesMs, repositories: {} },
    });
  });

  it('gives other repositories and cold storage rules of their own, in the same zone', () => {
    expect(
      resolved({
        ...{ age: '14d', count: 2, daily: 7, weekly: 4, monthly: 12, yearly: 3 },
        ...{ zone: 'Europe/Berlin' },
        repositories: { offsite: { age: '90d' }, third: { weekly: 8, zone: 'Asia/Seoul' } },
        coldStorage: { repository: 'cold', from: 'main', retention: { yearly: 10 } },
      }),
    ).toEqual({
      ...{ ageMs: 14 * dayMs, pointInTimeMs: 14 * dayMs, zone: 'Europe/Berlin' },
      ...{ count: 2, daily: 7, weekly: 4, monthly: 12, yearly: 3, safetyCopiesMs },
      repositories: {
        offsite: {
          ...{ ...none, ageMs: 90 * dayMs, pointInTimeMs: 90 * dayMs, zone: 'Europe/Berlin' },
        },
        third: { ...none, weekly: 8, zone: 'Asia/Seoul' },
      },
      coldStorage: {
        ...{ repository: 'cold', from: 'main' },
        retention: { ...none, yearly: 10, zone: 'Europe/Berlin' },
      },
    });
  });

  it('keeps cold copies for a year where nothing is written', () => {
    expect(resolved({ coldStorage: { repository: 'cold' } })).toMatchObject({
      coldStorage: { retention: { ageMs: 365 * dayMs } },
    });
  });

  it.each([
    [{ count: 0 }, 'retention.count: 0 would keep nothing; write at least one of age, count,'],
    [{ daily: 0, weekly: 0 }, 'retention.daily: 0 would keep nothing'],
    [{ age: 0 }, 'retention.age: 0 is too short; at least 1m'],
    [{ age: 30 }, 'retention.age: 30 has no unit'],
    [{ daily: -1 }, 'retention.daily: -1 is not accepted; write a whole number from 0 to 10000'],
    [{ zone: 'Europe/Berln' }, 'retention.zone: "Europe/Berln" is no IANA time zone; did you mean'],
    [{ keepLast: 3 }, 'retention.keepLast: write count'],
    [{ repositories: { offsite: { count: 0 } } }, 'retention.repositories.offsite.count: 0 would'],
    [{ repositories: { 'Off Site': {} } }, 'retention.repositories["Off Site"]: '],
    [{ coldStorage: {} }, 'retention.coldStorage.repository: missing'],
    [
      { coldStorage: { repository: 'cold', retention: { yearly: 0 } } },
      'retention.coldStorage.retention.yearly: 0 would keep nothing',
    ],
    [
      { coldStorage: { repository: 'cold', from: 'cold' } },
      'retention.coldStorage.from: is the cold storage itself',
    ],
    [
      { coldStorage: { repository: 'cold' }, repositories: { cold: { age: '1d' } } },
      'retention.repositories.cold: is the cold storage; write its rules under',
    ],
  ])('%o is refused: %s', (retention, problem) => {
    expect(problemsOf(retention).join('\n')).toContain(problem);
  });
});
