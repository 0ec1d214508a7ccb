import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DamagedEntry } from '../../../src/adapters/ledger/entry-folder.ts';
import { createFileAlertLedger } from '../../../src/adapters/ledger/file-alert-ledger.ts';
import { createFileLedger } from '../../../src/adapters/ledger/file-ledger.ts';
import { homeLayout } from '../../../src/config/home.ts';
import type { AlertFilter, AlertResponse } from '../../../src/contracts/rollouts/alerts.ts';
import { alert } from '../../policies/rollouts/alerts/snapshots.ts';

let home: string;
let folder: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'belay-alerts-'));
  folder = homeLayout(home).alertLedger;
});
afterEach(() => rm(home, { recursive: true, force: true }));

function response(over: Partial<AlertResponse> = {}): AlertResponse {
  return {
    alertId: 'alert/f00d/1000',
    alert: alert(),
    decidedAtMs: 2000,
    action: 'undo',
    reason: 'it began 5m after v2 was promoted',
    service: 'shop',
    environment: 'demo',
    ...over,
  };
}

it('keeps the last word on each alert', async () => {
  const ledger = createFileAlertLedger({ folder });
  await ledger.record(response());
  const last = response({ ending: { outcome: 'Promoted', reason: 'v1 is back', endedAtMs: 3000 } });
  await ledger.record(last);
  expect(await ledger.list()).toEqual([last]);
});

it('lists the newest first, by service, environment, action and time, up to a limit', async () => {
  const ledger = createFileAlertLedger({ folder });
  await ledger.record(response({ alertId: 'a', decidedAtMs: 1 }));
  await ledger.record(response({ alertId: 'b', decidedAtMs: 2, action: 'none' }));
  await ledger.record(response({ alertId: 'c', decidedAtMs: 3, service: 'cart' }));
  await ledger.record(response({ alertId: 'd', decidedAtMs: 4, environment: 'prod' }));
  const ids = async (filter: AlertFilter) =>
    (await ledger.list(filter)).map(({ alertId }) => alertId).join('');
  expect(await ids({})).toBe('dcba');
  expect(await ids({ service: 'shop', environment: 'demo' })).toBe('ba');
  expect(await ids({ action: 'undo' })).toBe('dca');
  expect(await ids({ sinceMs: 2 })).toBe('dcb');
  expect(await ids({ action: 'undo', limit: 2 })).toBe('dc');
});

it('keeps those that name no service', async () => {
  const ledger = createFileAlertLedger({ folder });
  const { service, environment, ...unnamed } = response({ action: 'none' });
  await ledger.record(unnamed);
  expect([service, environment]).toEqual(['shop', 'demo']);
  expect(await ledger.list()).toEqual([unnamed]);
});

it('lies within the ledger of reports, whose readers do not meet it', async () => {
  await createFileAlertLedger({ folder }).record(response());
  const damaged: DamagedEntry[] = [];
  const reports = createFileLedger({
    folder: homeLayout(home).ledger,
    onDamaged: (damage) => damaged.push(damage),
  });
  expect(await reports.list()).toEqual([]);
  expect(damaged).toEqual([]);
});

it('goes on without an entry that cannot be read, and says which', async () => {
  const damaged: DamagedEntry[] = [];
  const ledger = createFileAlertLedger({ folder, onDamaged: (damage) => damaged.push(damage) });
  await ledger.record(response());
  const place = join(folder, 'demo', 'shop');
  await writeFile(join(place, '9000-odd.json'), '{"alertId": 7}');
  expect(await ledger.list()).toHaveLength(1);
  expect(damaged).toEqual([
    { file: join(place, '9000-odd.json'), problem: 'it is JSON, but not a response to an alert' },
  ]);
  expect(await readdir(place)).toHaveLength(2);
});
