import { describe, expect, it } from 'vitest';
import { renderServicePage } from '../../src/cli/render/service-page.ts';
import { renderStatusPage, renderWatchFrame } from '../../src/cli/render/status-page.ts';
import type { RolloutStatus, StageStatus } from '../../src/contracts/rollouts/status.ts';
import { renderCurrentDetails } from '../../src/render/rollouts/render-current-details.ts';
import { replacedService, routedService, stuckService } from './kubernetes-examples.ts';
import { noon, openStatus, page } from './rollout-examples.ts';

const golden = (name: string) => `./golden/${name}`;

function watched(changes: Partial<StageStatus> = {}): StageStatus {
  return {
    weight: 100,
    holdMs: 300_000,
    state: 'active',
    enteredAtMs: noon + 26 * 60_000,
    holdEndsAtMs: noon + 31 * 60_000,
    measurements: [
      {
        metric: 'error-rate',
        atMs: noon + 29 * 60_000,
        value: 0.001,
        requests: 900,
        result: 'pass',
      },
    ],
    tallies: { 'error-rate': { passed: 6, failed: 0, noData: 0 } },
    canaryRequests: 5_400,
    canaryErrors: 5,
    ...changes,
  };
}

const blueGreen = (changes: Partial<RolloutStatus> = {}) =>
  openStatus({
    kind: 'blueGreen',
    weight: 100,
    now: 'Watching all traffic for 5m',
    stages: [watched()],
    people: [],
    ...changes,
  });

describe('what an operator reads of a rollout on Kubernetes', () => {
  it('shows pods of both releases as they are, who divides the traffic, and what others changed', async () => {
    const text = renderStatusPage(openStatus(), page, routedService);
    await expect(text).toMatchFileSnapshot(golden('status-kubernetes.txt'));
  });

  it('speaks of green, not of a canary, where two colours are switched', async () => {
    const text = renderStatusPage(blueGreen(), page, { ...routedService, canaryWeight: 100 });
    await expect(text).toMatchFileSnapshot(golden('status-blue-green.txt'));
  });

  it('says which release is live before and after the switch', () => {
    const before = renderStatusPage(blueGreen({ weight: 0, phase: 'preparing' }), page);
    expect(before).toMatch(/blue-green {2}preparing {2}v1 is live\n/);
    expect(renderStatusPage(blueGreen(), page)).toMatch(/blue-green {2}holding {2}v2 is live\n/);
  });

  it('says that the way back is still short while the old release is kept', () => {
    const keeping = blueGreen({ phase: 'keeping', accepts: ['promote', 'abort'] });
    const text = renderStatusPage(keeping, page);
    expect(text).toContain('abort switches back to v1 at once; promote ends the wait.');
    expect(text).toContain('undo everything: v1 keeps or gets all traffic');
  });

  it('says what to do where stable cannot take the release over', async () => {
    const stuck = openStatus({
      phase: 'stuck',
      weight: 100,
      now: 'stable has the release on 1 of 2 replicas. The canary keeps serving v2. Fix the cause and retry, or abort',
      accepts: ['retry', 'abort', 'undo'],
      stages: [watched({ state: 'passed', verdict: { kind: 'pass', reasons: [] } })],
      people: [],
    });
    const text = renderStatusPage(stuck, page, stuckService);
    await expect(text).toMatchFileSnapshot(golden('status-stuck.txt'));
    expect(renderCurrentDetails(stuck)).toContain('The canary serves v2 while you look');
  });

  it('counts how far stable is where the release changes in place', async () => {
    const rolling = openStatus({
      kind: 'rolling',
      phase: 'preparing',
      weight: 0,
      now: 'Replacing v1 by v2',
      accepts: ['abort'],
      stages: [watched({ measurements: [], tallies: {}, canaryRequests: 0, canaryErrors: 0 })],
      people: [],
      undo: [{ name: 'put the previous release back', state: 'armed' }],
    });
    const text = renderWatchFrame(rolling, page, { state: replacedService });
    await expect(text).toMatchFileSnapshot(golden('watch-rolling.txt'));
  });

  it('keeps a watched page short, with pods in trouble first', () => {
    const replicas = Array.from({ length: 12 }, (_, index) => ({
      name: `pod-${index}`,
      ready: index !== 11,
      serving: index !== 11,
      restarts: 0,
    }));
    const stable = { release: { version: 'v1' }, wanted: 12, replicas };
    const { canary: _none, ...alone } = routedService;
    const text = renderWatchFrame(openStatus(), page, { state: { ...alone, stable } });
    expect(text).toMatch(/11 of 12 ready, 11 serving\n +pod-11 +not ready +not serving\n +pod-0 /);
    expect(text).toContain('… and 4 more');
  });

  it('goes on without pods where the cluster cannot be reached from here, and says why', () => {
    const problem = 'Replicas cannot be shown: no answer from the cluster';
    const text = renderWatchFrame(openStatus(), page, { problem });
    expect(text).toContain(`\n\n  ${problem}\n\n`);
    expect(text).toContain('Now: Holding 20 % for 20m');
  });

  it('shows a service at rest with what an operator should know of it', async () => {
    const { canary: _none, ...resting } = routedService;
    const text = renderServicePage(resting, page);
    await expect(text).toMatchFileSnapshot(golden('service-kubernetes.txt'));
  });
});
