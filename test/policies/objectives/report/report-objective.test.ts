import { describe, expect, it, test } from 'vitest';
import type { Exclusion } from '../../../../src/contracts/objectives/exclusion.ts';
import { hourMs, minuteMs, type Minute } from '../../../../src/contracts/objectives/minute.ts';
import type { Day } from '../../../../src/contracts/objectives/slo-report.ts';
import type { Violation } from '../../../../src/contracts/objectives/violation.ts';
import { appliedExclusions } from '../../../../src/policies/objectives/exclusions/judge-exclusion.ts';
import { isGoodMinute } from '../../../../src/policies/objectives/judge-minute.ts';
import {
  reportObjective,
  type KnownOfPeriod,
} from '../../../../src/policies/objectives/report/report-objective.ts';
import { byTime, tallyMinutes } from '../../../../src/policies/objectives/tally.ts';
import { creditInWords } from '../../../../src/render/objectives/report-words.ts';
import { minuteAt, objectiveOf } from '../../../fixtures/objective.ts';

const fromMs = Date.UTC(2026, 10, 1);
const dayMs = 24 * hourMs;
const objective = objectiveOf();
const days: Day[] = [0, 1].map((index) => ({
  name: `2026-11-0${index + 1}`,
  ...{ fromMs: fromMs + index * dayMs, untilMs: fromMs + (index + 1) * dayMs },
}));
const period = { fromMs, untilMs: fromMs + 2 * dayMs, leastCoverage: 0.9, isUnfinished: false };

/** Minutes of both days, but those of which nothing is known. */
function measured(each: (index: number) => [good: number, bad: number] | undefined): Minute[] {
  return Array.from({ length: 2 * 1_440 }, (_, index) => index).flatMap((index) => {
    const counted = each(index);
    return counted === undefined ? [] : [minuteAt(fromMs + index * minuteMs, ...counted)];
  });
}

function report(minutes: readonly Minute[], more: Partial<KnownOfPeriod> = {}, of = objective) {
  const { exclusions = [] } = more;
  const known = byTime(minutes);
  const tally = (day: Day, excluded: readonly Exclusion[]) =>
    tallyMinutes(known, day, {
      exclusions: excluded,
      isGood: (minute) => isGoodMinute(of, minute),
    });
  const tallies = days.map((day) => ({
    net: tally(day, appliedExclusions(of.service, exclusions)),
    gross: tally(day, []),
  }));
  return reportObjective(
    of,
    { days, tallies, violations: [], spending: [], downtimes: [], ...more, exclusions },
    period,
  );
}

function exclusion(more: Partial<Exclusion> = {}): Exclusion {
  return {
    ...{ id: 'e1', environment: 'prod', fromMs, untilMs: fromMs + hourMs, why: 'new disks' },
    ...{ by: 'ana', announcedAtMs: fromMs - dayMs, approvedBy: 'bo', ...more },
  };
}

const partsOf = ({ goodMs, badMs, noDataMs, excludedMs }: ReturnType<typeof tallyMinutes>) =>
  goodMs + badMs + noDataMs + excludedMs;

describe('an objective over a period', () => {
  it('has four parts of time that add up to it, and to each of its days', () => {
    const minutes = measured((index) => {
      if (index < 60) return undefined;
      return index < 120 ? [90, 10] : [100, 0];
    });
    const { standing, days: reported } = report(minutes, {
      exclusions: [exclusion({ fromMs: fromMs + dayMs, untilMs: fromMs + dayMs + hourMs })],
    });
    expect(standing.tally).toMatchObject({
      ...{ noDataMs: hourMs, badMs: hourMs, excludedMs: hourMs, goodMs: 45 * hourMs },
    });
    expect(partsOf(standing.tally)).toBe(2 * dayMs);
    expect(reported.map(({ tally }) => partsOf(tally))).toEqual([dayMs, dayMs]);
  });

  it('is breached for certain although half of it was not measured', () => {
    const { standing } = report(measured((index) => (index < 1_440 ? [1, 99] : undefined)));
    expect(standing.coverage).toBe(0.5);
    expect(standing).toMatchObject({ verdict: 'breached', certainly: true });
  });

  it('takes a monitor that was down neither for an outage nor for a service without failures', () => {
    const { standing } = report(measured((index) => (index < 1_440 ? [100, 0] : undefined)));
    expect(standing.verdict).toBe('insufficient');
    expect(standing.tally).toMatchObject({ badMs: 0, noDataMs: dayMs });
  });

  it('counts a violation that overlaps the edge of the period as far as it lies in it', () => {
    const violation = (openedAtMs: number, closedAtMs?: number): Violation => ({
      ...{ objective: 'checkout', service: 'shop', kind: 'breach', reason: 'slow', openedAtMs },
      ...(closedAtMs !== undefined && { closedAtMs }),
    });
    const { violations } = report([], {
      violations: [
        violation(fromMs - hourMs, fromMs + hourMs),
        violation(period.untilMs - hourMs),
        violation(fromMs - 2 * hourMs, fromMs - hourMs),
        { ...violation(fromMs, fromMs + hourMs), objective: 'another' },
      ],
    });
    expect(violations.map(({ withinMs }) => withinMs)).toEqual([hourMs, hourMs]);
  });

  it('takes maintenance out of both sides of the share, and says what it would have been', () => {
    const minutes = measured((index) => (index < 60 ? [0, 100] : [100, 0]));
    const excluded = report(minutes, { exclusions: [exclusion()] });
    expect(excluded.standing).toMatchObject({ value: 1, verdict: 'met' });
    expect(excluded.gross?.value).toBeCloseTo(2_820 / 2_880);
    expect(excluded.gross?.verdict).toBe('breached');
  });

  test.each([
    ['announced after its beginning', { announcedAtMs: fromMs + minuteMs }],
    ['approved by nobody', { approvedBy: undefined }],
    ['approved by its own author', { approvedBy: 'ana' }],
    ['cancelled', { withdrawnAtMs: fromMs - hourMs }],
  ])('maintenance that was %s excludes nothing, and the report says why', (_, changes) => {
    const { approvedBy, ...given } = { ...exclusion(), ...changes };
    const late = { ...given, ...(approvedBy !== undefined && { approvedBy }) };
    const minutes = measured((index) => (index < 60 ? [0, 100] : [100, 0]));
    const { standing, exclusions, gross } = report(minutes, { exclusions: [late] });
    expect(standing).toMatchObject({ verdict: 'breached', tally: { excludedMs: 0 } });
    expect(gross).toBeUndefined();
    expect(exclusions[0]?.counts).toBe(false);
    expect(exclusions[0]?.why).toBeDefined();
  });

  it('has nothing to do with the maintenance of another service', () => {
    const { exclusions } = report([], { exclusions: [exclusion({ services: ['cart'] })] });
    expect(exclusions).toEqual([]);
  });

  it('says who spent the budget, and the entries add up to all bad requests', () => {
    const spent = (cause: 'rollout' | 'chaos' | 'unknown', bad: number, runRef?: string) => ({
      ...{ objective: 'checkout', fromMs, untilMs: fromMs + hourMs, bad, cause },
      ...(runRef !== undefined && { runRef }),
    });
    const minutes = measured((index) => (index < 10 ? [90, 10] : [100, 0]));
    const { spending } = report(minutes, {
      spending: [
        spent('rollout', 40, 'r-1'),
        spent('rollout', 20, 'r-2'),
        spent('chaos', 10, 'c-1'),
      ],
    });
    expect(spending).toEqual([
      {
        ...{ cause: 'rollout', bad: 60 },
        runs: [
          { runRef: 'r-1', bad: 40 },
          { runRef: 'r-2', bad: 20 },
        ],
      },
      { cause: 'chaos', bad: 10, runs: [{ runRef: 'c-1', bad: 10 }] },
      { cause: 'unknown', bad: 30, runs: [] },
    ]);
  });

  it('charges nobody with requests that were excluded', () => {
    const minutes = measured((index) => (index < 60 ? [0, 100] : [99, 1]));
    const { spending, standing } = report(minutes, {
      exclusions: [exclusion()],
      spending: [
        { objective: 'checkout', fromMs, untilMs: fromMs + hourMs, bad: 6_000, cause: 'chaos' },
      ],
    });
    const sum = spending.reduce((total, { bad }) => total + bad, 0);
    expect(sum).toBe(standing.tally.bad);
  });
});

it('a tier of a contract reads as it is written, however close to it the value is', () => {
  const tier = { below: 0.999995, credit: 0.1 };
  expect(creditInWords({ of: 'due', tier })).toBe('10%, as it is below 99.9995%');
});

describe('a credit', () => {
  it('is unknown where the objective was measured in another way in a part of the period, and the report says until when', () => {
    const contract = objectiveOf({ credits: [{ below: 0.999, credit: 0.1 }] });
    const failing = measured(() => [50, 50]);
    const changed = report(failing, { changedAtMs: fromMs + hourMs }, contract);
    expect(changed).toMatchObject({ changedAtMs: fromMs + hourMs, credit: { of: 'unknown' } });
    const before = report(failing, { changedAtMs: fromMs - hourMs }, contract);
    expect(before.credit?.of).toBe('due');
    expect(before).not.toHaveProperty('changedAtMs');
  });

  it('is given only by the objective that the contract names, and not by the same one over another window', () => {
    const counts = measured(() => [50, 50]);
    const contract = objectiveOf({
      ...{ name: 'contract', credits: [{ below: 0.999, credit: 0.1 }] },
      window: { of: 'calendar', unit: 'month', zone: 'UTC' },
    });
    expect(report(counts, {}, contract).credit?.of).toBe('due');
    expect(report(counts, {}, objectiveOf())).not.toHaveProperty('credit');
  });

  it('of a period without any request is unknown, and says why', () => {
    const { credit } = report(
      measured(() => [0, 0]),
      {},
      objectiveOf({ credits: [{ below: 0.999, credit: 0.1 }] }),
    );
    expect(credit).toEqual({ of: 'unknown', why: 'there were no requests' });
  });

  const credits = [
    { below: 0.999, credit: 0.1 },
    { below: 0.95, credit: 0.25 },
    { below: 0.9, credit: 1 },
  ];
  const contract = objectiveOf({ credits });
  const failing = (bad: number) =>
    report(
      measured(() => [100 - bad, bad]),
      {},
      contract,
    ).credit;

  it.each([
    [0, { of: 'none' }],
    [1, { of: 'due', tier: credits[0] }],
    [8, { of: 'due', tier: credits[1] }],
    [50, { of: 'due', tier: credits[2] }],
  ])('of %i failures in a hundred is by the lowest tier that was missed', (bad, credit) => {
    expect(failing(bad)).toEqual(credit);
  });

  it('is unknown where too little was measured', () => {
    const { credit } = report(
      measured((index) => (index < 1_440 ? [100, 0] : undefined)),
      {},
      contract,
    );
    expect(credit).toEqual({
      of: 'unknown',
      why: '50% of the time was measured, which is insufficient',
    });
  });

  it('is unknown where there were too few requests, and does not blame what was measured whole', () => {
    const month = objectiveOf({
      ...{ credits, window: { of: 'calendar', unit: 'month', zone: 'UTC' } },
    });
    const { credit } = report(
      measured((index) => (index < 2 ? [1, 1] : [0, 0])),
      {},
      month,
    );
    expect(credit).toEqual({ of: 'unknown', why: 'there were too few requests' });
  });

  it('is not due before the period is over', () => {
    const { days: _, ...whole } = report(
      measured(() => [1, 99]),
      {},
      contract,
    );
    expect(whole.credit?.of).toBe('due');
    const unfinished = reportObjective(
      contract,
      { days, tallies: [], violations: [], spending: [], exclusions: [], downtimes: [] },
      { ...period, isUnfinished: true },
    );
    expect(unfinished.credit).toEqual({ of: 'unknown', why: 'the period is not over' });
  });
});
