import { expect, it } from 'vitest';
import { createAlertLedger } from '../../../src/contracts/rollouts/alert-ledger.ts';
import type { AlertFilter, AlertResponse } from '../../../src/contracts/rollouts/alerts.ts';
import { listReports } from '../../../src/contracts/rollouts/list-reports.ts';
import { MemoryLedger } from '../../fakes/memory-ledger.ts';
import { alert } from '../../policies/rollouts/alerts/snapshots.ts';

function response(over: Partial<AlertResponse> = {}): AlertResponse {
  return {
    ...{ alertId: 'alert/f00d/1000', alert: alert(), decidedAtMs: 2000, action: 'undo' },
    ...{ reason: 'it began 5m after v2 was promoted', service: 'shop', environment: 'demo' },
    ...over,
  };
}

it('keeps the last word on each alert', async () => {
  const alerts = createAlertLedger(new MemoryLedger());
  await alerts.record(response());
  const last = response({ ending: { outcome: 'Promoted', reason: 'v1 is back', endedAtMs: 3000 } });
  await alerts.record(last);
  expect(await alerts.list()).toEqual([last]);
});

it('lists the newest first, by service, environment, action and time, up to a limit', async () => {
  const alerts = createAlertLedger(new MemoryLedger());
  await alerts.record(response({ alertId: 'a', decidedAtMs: 1 }));
  await alerts.record(response({ alertId: 'b', decidedAtMs: 2, action: 'none' }));
  await alerts.record(response({ alertId: 'c', decidedAtMs: 3, service: 'cart' }));
  await alerts.record(response({ alertId: 'd', decidedAtMs: 4, environment: 'prod' }));
  const ids = async (filter: AlertFilter) =>
    (await alerts.list(filter)).map(({ alertId }) => alertId).join('');
  expect(await ids({})).toBe('dcba');
  expect(await ids({ service: 'shop', environment: 'demo' })).toBe('ba');
  expect(await ids({ action: 'undo' })).toBe('dca');
  expect(await ids({ sinceMs: 2 })).toBe('dcb');
  expect(await ids({ action: 'undo', limit: 2 })).toBe('dc');
});

it('keeps those that name no service', async () => {
  const alerts = createAlertLedger(new MemoryLedger());
  const { service, environment, ...unnamed } = response({ action: 'none' });
  await alerts.record(unnamed);
  expect([service, environment]).toEqual(['shop', 'demo']);
  expect(await alerts.list()).toEqual([unnamed]);
});

it('does not show them among the rollouts', async () => {
  const ledger = new MemoryLedger();
  await createAlertLedger(ledger).record(response());
  expect(await listReports(ledger)).toEqual([]);
});
