import { describe, expect, it } from 'vitest';
import type { Owner, ServiceState } from '../../../src/contracts/rollouts/platform.ts';
import { reportOfDeadRollout } from '../../../src/policies/rollouts/dead-rollout.ts';

const owner: Owner = {
  rolloutId: '20260102T101500-ab12cd34',
  step: 7,
  workflowId: 'rollout/demo/shop',
  kind: 'canary',
};
const found: ServiceState = {
  service: 'shop',
  environment: 'demo',
  revision: 1,
  stable: { release: { version: 'v1' }, wanted: 2, replicas: [] },
  canary: { release: { version: 'v2' }, wanted: 1, replicas: [] },
  canaryWeight: 20,
  owner,
  kept: [],
};
const nowMs = Date.UTC(2026, 0, 2, 10, 30);

describe('the report of a rollout whose workflow was terminated', () => {
  it('tells what was found, and that it was undone', () => {
    const report = reportOfDeadRollout(found, owner, nowMs);
    expect(report).toMatchObject({
      outcome: 'Aborted',
      runRef: owner.rolloutId,
      details: { version: 'v2', previousVersion: 'v1' },
      startedAtMs: Date.UTC(2026, 0, 2, 10, 15),
      endedAtMs: nowMs,
    });
    expect(report.reason).toContain('with 20 % on the new release');
    expect(report.undo.every(({ state }) => state === 'done')).toBe(true);
  });

  it('is no promotion while stable was still taking the release over, or was changed in place', () => {
    const startedAtMs = Date.UTC(2026, 0, 2, 10, 15);
    const kept = [
      { revision: 1, release: { version: 'v1' }, wanted: 4, replacedAtMs: startedAtMs },
    ];
    const update = { complete: false, updated: 1, wanted: 4 };
    const stable = { release: { version: 'v2' }, wanted: 4, replicas: [] };
    const { canary, ...alone } = found;
    const inPlace = { ...alone, stable, canaryWeight: 0, kept };
    const replacing = { ...inPlace, update: { ...update, kind: 'replacing' as const } };
    expect(reportOfDeadRollout(replacing, { ...owner, kind: 'recreate' }, nowMs)).toMatchObject({
      kind: 'recreate',
      outcome: 'Aborted',
      details: { version: 'v2', previousVersion: 'v1' },
      reason: expect.stringContaining('with 1 of 4 stable replicas on the new release') as string,
      undo: [{ name: 'put the previous release back' }, { name: 'release shop' }],
    });
    const promoting = { ...replacing, canary, update: { ...update, kind: 'promoting' as const } };
    expect(reportOfDeadRollout({ ...promoting, canary: canary! }, owner, nowMs)).toMatchObject({
      outcome: 'Aborted',
      details: { previousVersion: 'v1' },
    });
  });

  it.each(['canary', 'blueGreen', 'rolling', 'recreate', 'rollback'] as const)(
    'is of the kind that its claim recorded: %s',
    (kind) => {
      expect(reportOfDeadRollout(found, { ...owner, kind }, nowMs).kind).toBe(kind);
    },
  );

  it('is of an unknown kind where the claim did not record it', () => {
    const { kind: _, ...older } = owner;
    expect(reportOfDeadRollout(found, older, nowMs).kind).toBe('unknown');
  });

  it('begins when it was found if its ID does not tell', () => {
    const strange = { ...owner, rolloutId: 'strange' };
    expect(reportOfDeadRollout(found, strange, nowMs).startedAtMs).toBe(nowMs);
  });
});
