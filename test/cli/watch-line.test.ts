import { describe, expect, it } from 'vitest';
import { renderWatchLine } from '../../src/cli/render/watch-line.ts';
import { canaryService, openStatus, page, restingService } from './rollout-examples.ts';
import { replacedService } from './kubernetes-examples.ts';

describe('a watch without a terminal', () => {
  it('says where the rollout stands and what was measured last', () => {
    expect(renderWatchLine({ status: openStatus() }, undefined, page)).toBe(
      '12:30:00  demo/shop  v2 20 %  holding  Holding 20 % for 20m  ' +
        'error-rate 0.166 %  p99 no data (inconclusive)',
    );
  });

  it('says nothing where nothing has changed but the time', () => {
    const later = { ...page, nowMs: page.nowMs + 5_000 };
    expect(
      renderWatchLine({ status: openStatus() }, { status: openStatus() }, later),
    ).toBeUndefined();
  });

  it('speaks again once the rollout waits for something else', () => {
    const before = openStatus();
    const after = openStatus({ phase: 'awaiting-approval', now: 'Waiting for approval by ana' });
    expect(renderWatchLine({ status: after }, { status: before }, page)).toContain(
      'Waiting for approval by ana',
    );
  });

  it('speaks of a replica in trouble as soon as there is one, by the name its kind has for it', () => {
    const status = openStatus({ kind: 'blueGreen', weight: 0, now: 'Getting v2 ready' });
    const before = { status, service: { state: restingService } };
    const after = { status, service: { state: canaryService } };
    expect(renderWatchLine(before, before, page)).toBeUndefined();
    expect(renderWatchLine(after, before, page)).toMatch(
      /v1 is live {2}holding .* green: canary-2: exit code 1$/,
    );
  });

  it('counts how far a release in place is', () => {
    const status = openStatus({ kind: 'rolling', weight: 0, phase: 'preparing', stages: [] });
    const line = renderWatchLine({ status, service: { state: replacedService } }, undefined, page);
    expect(line).toContain('v1 in place  preparing');
    expect(line).toContain('stable: 3 of 4 on v2');
  });

  it('says once why replicas cannot be seen', () => {
    const watched = { status: openStatus(), service: { problem: 'Replicas cannot be shown: no' } };
    expect(renderWatchLine(watched, undefined, page)).toMatch(/Replicas cannot be shown: no$/);
    expect(renderWatchLine(watched, watched, page)).toBeUndefined();
  });
});
