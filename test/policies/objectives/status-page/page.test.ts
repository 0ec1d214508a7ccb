import { describe, expect, it, test } from 'vitest';
import type { Exclusion } from '../../../../src/contracts/objectives/exclusion.ts';
import { hourMs } from '../../../../src/contracts/objectives/minute.ts';
import { emptyTally } from '../../../../src/contracts/objectives/tally.ts';
import type { Standing } from '../../../../src/contracts/objectives/standing.ts';
import type { Violation } from '../../../../src/contracts/objectives/violation.ts';
import { uptimeOf } from '../../../../src/policies/objectives/status-page/days-of-service.ts';
import {
  pageIncidents,
  type KnownIncident,
} from '../../../../src/policies/objectives/status-page/page-incidents.ts';
import { pageMaintenances } from '../../../../src/policies/objectives/status-page/page-maintenances.ts';
import {
  stateOfService,
  type PresentService,
} from '../../../../src/policies/objectives/status-page/state-of-service.ts';
import { daysOf, pageIncident, pageMaintenance, pageNow } from '../../../fixtures/status-page.ts';

const standing: Standing = {
  ...{ objective: 'checkout', service: 'shop', indicator: 'availability', target: 0.999 },
  ...{ fromMs: 0, untilMs: pageNow, window: { of: 'rolling', lengthMs: hourMs } },
  ...{ verdict: 'met', certainly: false, coverage: 1, tally: emptyTally, gatesBudget: false },
};
const violation: Violation = {
  ...{ objective: 'checkout', service: 'shop', kind: 'burn-page', reason: '', openedAtMs: 0 },
};
const present: PresentService = {
  ...{ service: 'shop', standings: [standing], violations: [], incidents: [] },
  ...{ maintenances: [], isStale: false },
};
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

  it('is not announced to the public before somebody has approved it', () => {
    const { approvedBy: _, ...unapproved } = exclusion;
    expect(pageMaintenances([unapproved], ['shop'], pageNow)).toEqual([]);
  });
});

test('uptime is of the time that was measured, and unknown where none was', () => {
  expect(uptimeOf(daysOf({ 0: { badMs: 12 * hourMs, noDataMs: 6 * hourMs } }))).toBeCloseTo(
    1 - 12 / (89 * 24 + 12 - 6),
    6,
  );
  expect(uptimeOf([])).toBeUndefined();
});
