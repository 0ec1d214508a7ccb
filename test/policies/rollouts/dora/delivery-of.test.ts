import { describe, expect, it } from 'vitest';
import type { Week } from '../../../../src/contracts/rollouts/delivery.ts';
import type { RolloutReport } from '../../../../src/contracts/rollouts/report.ts';
import { deliveriesOf } from '../../../../src/policies/rollouts/dora/delivery-of.ts';
import { rolloutReport } from '../../../fixtures/rollout-report.ts';

const hour = 3_600_000;
const day = 24 * hour;
const monday = Date.UTC(2026, 5, 1);
const weeks: Week[] = [0, 1, 2].map((index) => {
  const fromMs = monday + index * 7 * day;
  return { monday: new Date(fromMs).toISOString().slice(0, 10), fromMs, toMs: fromMs + 7 * day };
});
const period = { weeks, untilMs: monday + 21 * day };

interface Rollout {
  version: string;
  /** Hours after the first Monday. */
  endsAt: number;
  /** When it had all traffic; null: it never did. Absent: an hour before its end. */
  servedAt?: number | null;
  kind?: RolloutReport['kind'];
  outcome?: RolloutReport['outcome'];
  previousVersion?: string;
  commits?: unknown;
  service?: string;
}

let runs = 0;

function rollout({ version, endsAt, ...more }: Rollout): RolloutReport {
  const { servedAt = endsAt - 1, kind = 'canary', outcome = 'Promoted' } = more;
  // A stage is entered an hour before anything is measured in it.
  const stage = (weight: number, atHour: number | null) => ({
    ...{ weight, holdMs: 0, state: 'passed' as const, tallies: {}, canaryErrors: 0 },
    enteredAtMs: monday + ((atHour ?? endsAt) - 1) * hour,
    canaryRequests: atHour === null ? 0 : 100,
    measurements:
      atHour === null
        ? []
        : [{ metric: 'p99', atMs: monday + atHour * hour, requests: 100, result: 'pass' as const }],
  });
  return rolloutReport({
    ...{ runRef: `run-${++runs}`, kind, outcome },
    ...{ environment: 'prod', service: more.service ?? 'shop' },
    startedAtMs: monday + (endsAt - 2) * hour,
    endedAtMs: monday + endsAt * hour,
    ...(more.commits !== undefined && { spec: { commits: more.commits } }),
    version,
    ...(more.previousVersion !== undefined && { previousVersion: more.previousVersion }),
    stages: kind === 'rollback' ? [] : [stage(5, endsAt - 2), stage(100, servedAt)],
  });
}

const of = (...reports: RolloutReport[]) => {
  const [delivery] = deliveriesOf(reports, period);
  if (delivery === undefined) throw new Error('nothing was delivered');
  return delivery;
};

const committed = (sha: string, atHour: number) => ({
  sha,
  committedAt: new Date(monday + atHour * hour).toISOString(),
});

describe('the delivery of a service', () => {
  it('counts releases that had all traffic, week by week, and zero weeks as such', () => {
    const delivery = of(
      rollout({ version: 'v2', endsAt: 10, previousVersion: 'v1' }),
      rollout({ version: 'v3', endsAt: 400, previousVersion: 'v2' }),
    );
    expect(delivery.weeks.map(({ deployments }) => deployments)).toEqual([1, 0, 1]);
    expect(delivery.deployments).toBe(2);
    expect(delivery.deploymentsPerWeek).toBeCloseTo(2 / 3, 10);
  });

  it('counts a release that was taken back before it had all traffic apart', () => {
    const delivery = of(
      rollout({ version: 'v2', endsAt: 10, servedAt: null, outcome: 'RolledBack' }),
      rollout({ version: 'v3', endsAt: 20, previousVersion: 'v1' }),
    );
    expect(delivery).toMatchObject({
      ...{ deployments: 1, caught: 1 },
      changeFailRate: { count: 0, of: 1, share: 0 },
    });
  });

  it('counts neither what a person aborted early nor what a newer release superseded early', () => {
    const delivery = of(
      rollout({ version: 'v2', endsAt: 10, servedAt: null, outcome: 'Aborted' }),
      rollout({ version: 'v3', endsAt: 20, servedAt: null, outcome: 'Superseded' }),
      rollout({ version: 'v4', endsAt: 30, previousVersion: 'v1' }),
    );
    expect(delivery).toMatchObject({ deployments: 1, caught: 0 });
  });

  it('counts what a newer release superseded once it had all traffic, and not as failed', () => {
    const delivery = of(
      rollout({ version: 'v3', endsAt: 20, outcome: 'Superseded' }),
      rollout({ version: 'v4', endsAt: 30, previousVersion: 'v1' }),
    );
    expect(delivery.changeFailRate).toMatchObject({ count: 0, of: 2 });
  });

  it('has all traffic once any is counted, not when its stage begins to make replicas or to wait', () => {
    const delivery = of(
      rollout({
        ...{ version: 'v2', endsAt: 50, servedAt: 48, previousVersion: 'v1', outcome: 'Aborted' },
        commits: [committed('aaaaaaa', 40)],
      }),
    );
    expect(delivery.leadTime).toMatchObject({ n: 1, medianMs: 8 * hour });
    expect(delivery.recoveryTime).toMatchObject({ n: 1, medianMs: 2 * hour });
  });

  it('has failed where its own rollout took it back from all traffic, by itself or for a person', () => {
    const delivery = of(
      rollout({ version: 'v2', endsAt: 10, servedAt: 7, outcome: 'RolledBack' }),
      rollout({ version: 'v2', endsAt: 20, servedAt: 19, outcome: 'Aborted' }),
      rollout({ version: 'v3', endsAt: 30 }),
    );
    expect(delivery.changeFailRate).toMatchObject({ count: 2, of: 3 });
    expect(delivery.recoveryTime).toMatchObject({ n: 2, medianMs: hour, p90Ms: 3 * hour });
  });

  it('has failed once where a rollback replaced its version, however many rollbacks there were', () => {
    const delivery = of(
      rollout({ version: 'v2', endsAt: 10, servedAt: 9, previousVersion: 'v1' }),
      rollout({ version: 'v1', kind: 'rollback', endsAt: 13, previousVersion: 'v2' }),
      rollout({ version: 'v0', kind: 'rollback', endsAt: 14, previousVersion: 'v1' }),
    );
    expect(delivery.changeFailRate).toEqual({ count: 1, of: 1, share: 1 });
    expect(delivery.recoveryTime).toMatchObject({ n: 1, medianMs: 4 * hour });
    expect(delivery.reworkRate).toMatchObject({ count: 2, of: 3 });
  });

  it('has not failed where a rollback that had brought it back is itself taken back', () => {
    const delivery = of(
      rollout({ version: 'v1', endsAt: 10 }),
      rollout({ version: 'v2', endsAt: 20, previousVersion: 'v1' }),
      rollout({ version: 'v1', kind: 'rollback', endsAt: 23, previousVersion: 'v2' }),
      rollout({ version: 'v2', kind: 'rollback', endsAt: 30, previousVersion: 'v1' }),
    );
    expect(delivery.changeFailRate).toMatchObject({ count: 1, of: 2 });
    expect(delivery.recoveryTime).toMatchObject({ n: 1, medianMs: 4 * hour });
    expect(delivery.reworkRate.count).toBe(2);
  });

  it('has not failed where a rollback replaced another version', () => {
    const delivery = of(
      rollout({ version: 'v2', endsAt: 10 }),
      rollout({ version: 'v0', kind: 'rollback', endsAt: 13, previousVersion: 'v9' }),
    );
    expect(delivery.changeFailRate.count).toBe(0);
  });

  it('has failed in its own week, whenever it was taken back', () => {
    const delivery = of(
      rollout({ version: 'v2', endsAt: 10, previousVersion: 'v1' }),
      rollout({ version: 'v1', kind: 'rollback', endsAt: 200, previousVersion: 'v2' }),
    );
    expect(delivery.weeks.map(({ failed, rework }) => [failed, rework])).toEqual([
      [1, 0],
      [0, 1],
      [0, 0],
    ]);
  });

  it('does not know when it recovered where the undo failed', () => {
    const delivery = of(rollout({ version: 'v2', endsAt: 10, outcome: 'UndoFailed' }));
    expect(delivery.changeFailRate.count).toBe(1);
    expect(delivery.recoveryTime).toEqual({ n: 0, unknown: 1 });
  });

  it('takes the lead time of each commit from its time until its release had all traffic', () => {
    const delivery = of(
      rollout({
        ...{ version: 'v2', endsAt: 50, servedAt: 48, previousVersion: 'v1' },
        commits: [committed('aaaaaaa', 0), committed('bbbbbbb', 24)],
      }),
    );
    expect(delivery.leadTime).toEqual({
      ...{ n: 2, medianMs: 24 * hour, p90Ms: 48 * hour, unknown: 0 },
    });
  });

  it('counts a commit with the first release that brought it', () => {
    const delivery = of(
      rollout({
        ...{ version: 'v2', endsAt: 10, servedAt: 9, previousVersion: 'v1' },
        commits: [committed('aaaaaaa', 0)],
      }),
      rollout({
        ...{ version: 'v3', endsAt: 30, servedAt: 29, previousVersion: 'v2' },
        commits: [committed('aaaaaaa', 0), committed('bbbbbbb', 19)],
      }),
    );
    expect(delivery.leadTime).toMatchObject({ n: 2, medianMs: 9 * hour, p90Ms: 10 * hour });
  });

  it('does not know the lead time without commits, of a first release, or of commits from the future', () => {
    const delivery = of(
      rollout({ version: 'v1', endsAt: 10, commits: [committed('aaaaaaa', 0)] }),
      rollout({ version: 'v2', endsAt: 20, previousVersion: 'v1' }),
      rollout({
        ...{ version: 'v3', endsAt: 30, previousVersion: 'v2' },
        commits: [committed('bbbbbbb', 31)],
      }),
      rollout({ version: 'v4', endsAt: 40, previousVersion: 'v3', commits: 'all of them' }),
    );
    expect(delivery.leadTime).toEqual({ n: 0, unknown: 4 });
  });

  it('says no more of less than a week than of a week', () => {
    const [delivery] = deliveriesOf([rollout({ version: 'v2', endsAt: 3 })], {
      ...{ weeks: weeks.slice(0, 1), untilMs: monday + 4 * hour },
    });
    expect(delivery?.deploymentsPerWeek).toBe(1);
  });

  it('leaves out what is not in the period, and services without anything in it', () => {
    const reports = [
      rollout({ version: 'v2', endsAt: -10 }),
      rollout({ version: 'v3', endsAt: 600 }),
      rollout({ version: 'v3', endsAt: 10, service: 'cart' }),
    ];
    expect(deliveriesOf(reports, period).map(({ service }) => service)).toEqual(['cart']);
  });

  it('is told for each service and environment by itself', () => {
    const staged = { ...rollout({ version: 'v2', endsAt: 10 }) };
    staged.subject = { environment: 'staging', name: 'shop' };
    const reports = [rollout({ version: 'v2', endsAt: 12 }), staged];
    expect(
      deliveriesOf(reports, period).map(({ environment, service }) => [environment, service]),
    ).toEqual([
      ['prod', 'shop'],
      ['staging', 'shop'],
    ]);
  });
});
