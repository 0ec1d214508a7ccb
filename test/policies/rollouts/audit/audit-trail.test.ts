import { describe, expect, it } from 'vitest';
import type { AlertResponse } from '../../../../src/contracts/rollouts/alerts.ts';
import { auditFields, auditTrail } from '../../../../src/policies/rollouts/audit/audit-trail.ts';
import { rolloutReport } from '../../../fixtures/rollout-report.ts';

const atMs = Date.UTC(2026, 0, 2, 10, 0);
const report = rolloutReport({
  ...{ runRef: 'r1', runId: 'run1', reason: 'v2 went through every stage' },
  startedAtMs: atMs,
  endedAtMs: atMs + 60_000,
  startedBy: 'ana',
  startedWhy: 'the sale',
  people: [
    { atMs: atMs + 30_000, verb: 'approve', by: 'bo', why: 'looks good', stage: 20 },
    { atMs: atMs + 20_000, verb: 'promote', ignored: 'nothing is held' },
  ],
});
const response: AlertResponse = {
  alertId: 'alert/f/1',
  alert: {
    ...{ fingerprint: 'f', name: 'Slow', status: 'firing', startsAtMs: atMs },
    receivedAtMs: atMs,
    subject: { service: 'shop', environment: 'demo' },
  },
  ...{ decidedAtMs: atMs + 70_000, action: 'undo', reason: 'promoted 10s before', version: 'v2' },
  ...{ service: 'shop', environment: 'demo', rolloutId: 'r1' },
  ending: { rolloutId: 'r2', outcome: 'Promoted', reason: 'v1 is back', endedAtMs: atMs + 90_000 },
};

const shown = (entries: ReturnType<typeof auditTrail>) =>
  entries.map(({ at, action, by, why, result }) => [at.slice(14, 19), action, by, why, result]);

describe('the audit', () => {
  it('tells who did what, when and why, oldest first', () => {
    expect(shown(auditTrail([report], [response]))).toEqual([
      ['00:00', 'start', 'ana', 'the sale', 'accepted'],
      ['00:20', 'promote', 'unknown', null, 'ignored: nothing is held'],
      ['00:30', 'approve', 'bo', 'looks good', 'accepted'],
      ['01:00', 'end', 'belay', 'v2 went through every stage', 'Promoted'],
      ['01:10', 'alert', 'alert Slow', 'promoted 10s before', 'undo'],
      ['01:30', 'alertEnd', 'alert Slow', 'v1 is back', 'Promoted'],
    ]);
  });

  it('has every field in every entry', () => {
    for (const entry of auditTrail([report], [response])) {
      expect(Object.keys(entry)).toEqual(auditFields);
    }
    expect(auditFields).toEqual([
      ...['at', 'action', 'by', 'why', 'result', 'environment', 'service', 'version', 'kind'],
      ...['stage', 'rolloutId', 'workflowId', 'runId'],
    ]);
  });

  it('says unknown where nobody was named', () => {
    const { startedBy, startedWhy, ...unnamed } = report;
    const [start] = auditTrail([unnamed], []);
    expect([startedBy, startedWhy, start?.by, start?.why]).toEqual([
      'ana',
      'the sale',
      'unknown',
      null,
    ]);
  });

  it.each([
    [{ by: 'bo' }, ['approve']],
    [{ sinceMs: atMs + 30_000, untilMs: atMs + 60_000 }, ['approve', 'end']],
    [{ service: 'cart' }, []],
    [{ environment: 'demo', sinceMs: atMs + 80_000 }, ['alertEnd']],
  ])('is filtered by %o', (filter, actions) => {
    expect(auditTrail([report], [response], filter).map(({ action }) => action)).toEqual(actions);
  });
});
