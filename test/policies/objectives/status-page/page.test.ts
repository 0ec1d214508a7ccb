import { describe, expect, it, test } from 'vitest';
import type { Exclusion } from '../../../../src/contracts/objectives/exclusion.ts';
import { hourMs } from '../../../../src/contracts/objectives/minute.ts';
import { emptyTally } from '../../../../src/contracts/objectives/tally.ts';
import type { Standing } from '../../../../src/contracts/objectives/standing.ts';
import type { Violation } from '../../../../src/contracts/objectives/violation.ts';
import type { ObjectiveReport } from '../../../../src/contracts/objectives/slo-report.ts';
import {
  daysOfService,
  uptimeOf,
} from '../../../../src/policies/objectives/status-page/days-of-service.ts';
import {
  pageIncidents,
  type KnownIncident,
} from '../../../../src/policies/objectives/status-page/page-incidents.ts';
import { pageMaintenances } from '../../../../src/policies/objectives/status-page/page-maintenances.ts';
import {
  stateOfService,
  type PresentService,
} from '../../../../src/policies/objectives/status-page/state-of-service.ts';
import { objectiveOf } from '../../../fixtures/objective.ts';
import { daysOf, pageIncident, pageMaintenance, pageNow } from '../../../fixtures/status-page.ts';

const standing: Standing = {
  ...{ objective: 'checkout', service: 'shop', indicator: 'availability', target: 0.999 },
  ...{ fromMs: 0, untilMs: pageNow, window: { of: 'rolling', lengthMs: hourMs } },
  ...{ verdict: 'met', certainly: false, coverage: 1, tally: emptyTally, gatesBudget: false },
};
const violation: Violation = {
  ...{ objective: 'checkout', service: 'shop', kind: 'burn-page', reason: '', openedAtMs: 0 },
};
const objective = objectiveOf();
const daily = objectiveOf({ window: { of: 'rolling', lengthMs: 24 * hourMs } });
const latency = objectiveOf({ name: 'fast', indicator: 'latency' });
const throughput = objectiveOf({ name: 'busy', indicator: 'throughput', target: 100 });
const silent = { ...standing, objective: 'fast', silence: 'no series' };
const present: PresentService = {
  ...{ service: 'shop', objectives: [objective], standings: [standing], violations: [] },
  ...{ lastMinutes: new Map(), incidents: [], maintenances: [], isStale: false },
  nowMs: pageNow,
};
const minutesOf = (good: number, bad: number) => new Map([['checkout', [{ good, bad }]]]);
const maintained = pageMaintenance({ state: 'in_progress' });

describe('a service on the status page', () => {
  it.each<[string, Partial<PresentService>, string]>([
    ['is operational', {}, 'operational'],
    [
      'is degraded while it burns its budget fast',
      { violations: [violation] },
      'degraded_performance',
    ],
    ['has no data where its monitor is down, and is not out', { isStale: true }, 'no_data'],
    [
      'has no data where nothing is measured of it, whatever was before',
      { standings: [{ ...standing, silence: 'no series' }] },
      'no_data',
    ],
    [
      'is operational where its last minutes are late, as those that are pushed several at a time',
      {
        standings: [{ ...standing, silence: 'nothing was pushed', dataUntilMs: pageNow - 300_000 }],
      },
      'operational',
    ],
    [
      'has no data where there has been none for more than ten minutes',
      {
        standings: [{ ...standing, silence: 'nothing was pushed', dataUntilMs: pageNow - 660_000 }],
      },
      'no_data',
    ],
    [
      'has no data where one of two objectives about callers is silent',
      { objectives: [objective, latency], standings: [standing, silent] },
      'no_data',
    ],
    [
      'is degraded although one of two objectives is silent, where the other one fails',
      {
        ...{ objectives: [objective, latency], standings: [standing, silent] },
        violations: [violation],
      },
      'degraded_performance',
    ],
    [
      'is operational although a throughput is silent: that says nothing of callers',
      {
        objectives: [objective, throughput],
        standings: [standing, { ...silent, objective: 'busy' }],
      },
      'operational',
    ],
    [
      'is degraded once it fails wholly, whatever window it has',
      { objectives: [daily], lastMinutes: minutesOf(0, 20) },
      'degraded_performance',
    ],
    [
      'is operational with two failures of three requests at night',
      { objectives: [daily], lastMinutes: minutesOf(1, 2) },
      'operational',
    ],
    [
      'is degraded where a window is breached that is too short for burn rates',
      { objectives: [daily], violations: [{ ...violation, kind: 'breach' }] },
      'degraded_performance',
    ],
    [
      'is operational again though its month stays breached',
      { violations: [{ ...violation, kind: 'breach' }] },
      'operational',
    ],
    ['is maintained where that is announced', { maintenances: [maintained] }, 'under_maintenance'],
    ['is not maintained before it begins', { maintenances: [pageMaintenance()] }, 'operational'],
    [
      'shows an incident during maintenance, which does not hide it',
      { maintenances: [maintained], incidents: [pageIncident()] },
      'partial_outage',
    ],
    [
      'is as bad as its worst incident',
      { incidents: [pageIncident({ impact: 'minor' }), pageIncident({ impact: 'critical' })] },
      'major_outage',
    ],
    [
      'is over its incident once that is resolved',
      { incidents: [pageIncident({ resolvedAtMs: 1 })] },
      'operational',
    ],
    [
      'has nothing to do with incidents of others',
      { incidents: [pageIncident({ services: ['cart'] })] },
      'operational',
    ],
  ])('%s', (_, changes, state) => {
    expect(stateOfService({ ...present, ...changes })).toBe(state);
  });
});

describe('an incident on the status page', () => {
  const known = (facts: Partial<KnownIncident>): KnownIncident => ({
    ...{ runRef: 'run-7', startedAtMs: pageNow },
    ...{ services: ['shop', 'database-3'], severity: 'sev2', ...facts },
  });
  const published = pageIncident().updates;

  it('is not there before somebody has published words of it', () => {
    expect(pageIncidents([known({})], ['shop'])).toEqual([]);
  });

  it('has published words alone, and names no service that is not on the page', () => {
    const [incident] = pageIncidents([known({ published })], ['shop']);
    expect(incident).toMatchObject({ title: 'Incident', impact: 'major', services: ['shop'] });
    expect(incident?.updates).toEqual(published);
  });

  it('is resolved when the public was told so', () => {
    const told = {
      ...published[0],
      atMs: pageNow + 5,
      by: 'bo',
      state: 'resolved',
      text: 'ok',
    } as const;
    const [incident] = pageIncidents([known({ published: [...published, told] })], ['shop']);
    expect(incident?.resolvedAtMs).toBe(pageNow + 5);
  });
});

describe('maintenance on the status page', () => {
  const exclusion: Exclusion = {
    ...{ id: 'disks', environment: 'prod', why: 'New disks', by: 'ana', approvedBy: 'bo' },
    ...{ announcedAtMs: pageNow - hourMs, fromMs: pageNow, untilMs: pageNow + hourMs },
  };
  test.each([
    [pageNow - 1, 'scheduled'],
    [pageNow, 'in_progress'],
    [pageNow + hourMs, 'completed'],
  ])('at %i is %s: it begins and ends by itself', (nowMs, state) => {
    expect(pageMaintenances([exclusion], ['shop'], nowMs)[0]?.state).toBe(state);
  });

  it('is shown in public words alone, and without the ID that it has inside', () => {
    const [plain] = pageMaintenances([exclusion], ['shop'], pageNow);
    expect(JSON.stringify(plain)).not.toMatch(/New disks|"disks"|ana|bo/);
    const titled = { ...exclusion, publicTitle: 'Faster search' };
    expect(pageMaintenances([titled], ['shop'], pageNow)[0]?.title).toBe('Faster search');
  });

  it('is not announced to the public before somebody has approved it', () => {
    const { approvedBy: _, ...unapproved } = exclusion;
    expect(pageMaintenances([unapproved], ['shop'], pageNow)).toEqual([]);
  });
});

test('a day shows the objective of which least is known, from when on it was measured', () => {
  const reportOf = (days: ObjectiveReport['days'], name: string): ObjectiveReport => ({
    ...{ objective: name, service: 'shop', indicator: 'availability', comparison: 'atLeast' },
    ...{ target: 0.999, standing, days, violations: [], spending: [], exclusions: [] },
    downtimes: [],
  });
  const dayMs = 24 * hourMs;
  const unknown = { goodMs: 0, noDataMs: dayMs, unknownMs: dayMs };
  const young = daysOf({
    ...Object.fromEntries([...Array(40).keys()].map((index) => [index, unknown])),
    60: unknown,
  });
  const days = daysOfService([reportOf(daysOf(), 'old'), reportOf(young, 'young')]);
  expect(days[10]?.tally.goodMs).toBe(dayMs);
  expect(days[60]?.tally.noDataMs).toBe(dayMs);
});

test('uptime is of the time that was measured, and unknown where none was', () => {
  expect(uptimeOf(daysOf({ 0: { badMs: 12 * hourMs, noDataMs: 6 * hourMs } }))).toBeCloseTo(
    1 - 12 / (89 * 24 + 12 - 6),
    6,
  );
  expect(uptimeOf([])).toBeUndefined();
});
