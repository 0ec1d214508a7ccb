import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import type { Catalogue } from '../../../src/contracts/backups/catalogue.ts';
import { BackupGauges } from '../../../src/telemetry/metrics/backup-gauges.ts';
import { ReadTimes } from '../../../src/telemetry/metrics/read-times.ts';
import { backupCache, refreshBackups } from '../../../src/telemetry/metrics/refresh-backups.ts';
import { MemoryLedger } from '../../fakes/memory-ledger.ts';
import { rolloutReport } from '../../fixtures/rollout-report.ts';
import {
  component,
  contentsOf,
  dayMs,
  entryOf,
  plan,
  proven,
  setAt,
} from '../../policies/backups/backup-sets.ts';
import { ownCache } from '../../fixtures/own-cache.ts';

const old = setAt(Date.now() - 3 * dayMs, { label: 'old' });
const failed = setAt(Date.now() - dayMs, { label: 'failed', error: 'no space left' });
const spec = {
  ...{ kind: 'backup', environment: 'prod', backup: 'shop', agent: 'db-1' },
  components: { database: { postgres: { cluster: 'main' }, repositories: ['main'] } },
};

const catalogue: Catalogue = {
  list: () =>
    Promise.resolve(
      [entryOf(old, { proven: { ...proven, lostMs: 2_000 } }), entryOf(failed)].map((entry) => ({
        ...{ entry, version: 1 },
      })),
    ),
  listRepositories: () =>
    Promise.resolve([
      { ...plan, component, runRef: 'run@1', contents: contentsOf([], { readAtMs: Date.now() }) },
    ]),
  write: () => Promise.resolve([]),
  noteRepository: () => Promise.resolve(),
  retire: () => Promise.resolve(),
  listRetired: () => Promise.resolve([]),
};

const shownIn = (registry: Registry) => ({
  gauges: new BackupGauges(registry),
  readTimes: new ReadTimes(registry),
  cache: ownCache(backupCache),
});

it('a worker exports nothing that is late of a plan that is retired', async () => {
  const ledger = new MemoryLedger();
  await ledger.append({
    ...rolloutReport({ environment: 'prod', service: 'shop' }),
    ...{
      family: 'backups',
      kind: 'backupVerification',
      spec: { kind: 'backupVerification', plan: spec },
    },
  });
  const registry = new Registry();
  const retired = { ...plan, atMs: Date.now(), by: 'ana' };
  const withRetired = { ...catalogue, listRetired: () => Promise.resolve([retired]) };
  await refreshBackups(shownIn(registry), { ledger, catalogue: withRetired })();
  const text = await registry.metrics();
  expect(text).toContain('belay_backup_sets{');
  expect(text).not.toContain('belay_backup_late{');
});

it('a worker exports what is known of sets, and what is late by the plan of the last run', async () => {
  const ledger = new MemoryLedger();
  await ledger.append({
    ...rolloutReport({ environment: 'prod', service: 'shop' }),
    ...{ family: 'backups', kind: 'backup', spec },
  });
  const registry = new Registry();
  await refreshBackups(shownIn(registry), { ledger, catalogue })();
  const text = await registry.metrics();
  const where = 'environment="prod",backup="shop",component="database",repository="main"';
  expect(text).toContain(
    `belay_backup_restorable_timestamp_seconds{${where}} ${old.stoppedAtMs / 1000}`,
  );
  expect(text).toContain(`belay_backup_drill_rto_seconds{${where}} 60`);
  expect(text).toContain(`belay_backup_drill_rpo_seconds{${where}} 2`);
  expect(text).toContain(`belay_backup_sets{${where},standing="unusable"} 1`);
  expect(text).toContain(`belay_backup_late{${where},kind="too-old"} 1`);
  expect(text).toContain(`belay_backup_late{${where},kind="partial"} 1`);
  expect(text).not.toContain('belay_backup_verified_timestamp_seconds{');
});

it('a backup that is late stays late while the ledger does not answer, and it is shown since when', async () => {
  const ledger = new MemoryLedger();
  await ledger.append({
    ...rolloutReport({ environment: 'prod', service: 'shop' }),
    ...{ family: 'backups', kind: 'backup', spec },
  });
  const registry = new Registry();
  let answers = true;
  const list: Catalogue['list'] = () =>
    answers ? catalogue.list() : Promise.reject(new Error('away'));
  const refresh = refreshBackups(shownIn(registry), { ledger, catalogue: { ...catalogue, list } });
  await refresh();
  const before = await registry.metrics();
  expect(before).toContain('belay_backup_late{');
  expect(before).toMatch(/^belay_read_timestamp_seconds\{of="backups"\} 1\d{9}/m);
  answers = false;
  await refresh();
  expect(await registry.metrics()).toBe(before);
});
