import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { PlaybookGauges } from '../../../src/telemetry/metrics/playbook-gauges.ts';
import { ReadTimes } from '../../../src/telemetry/metrics/read-times.ts';
import {
  playbookCache,
  refreshPlaybooks,
} from '../../../src/telemetry/metrics/refresh-playbooks.ts';
import { MemoryLedger } from '../../fakes/memory-ledger.ts';
import { rolloutReport } from '../../fixtures/rollout-report.ts';
import { ownCache } from '../../fixtures/own-cache.ts';

const rehearsed = (playbook: string, outcome: string, endedAtMs: number, kind?: string) => ({
  ...rolloutReport({
    environment: 'prod',
    service: playbook,
    startedAtMs: endedAtMs - 1_000,
    endedAtMs,
  }),
  ...{ runRef: `${playbook}@${endedAtMs}`, family: 'recovery', outcome },
  kind: kind ?? 'playbookRehearsal',
});

const nowMs = Math.floor(Date.now() / 1_000) * 1_000;

it('a worker exports whether the last rehearsal of each playbook found it ready, also while the ledger is away', async () => {
  const ledger = new MemoryLedger();
  await ledger.append(rehearsed('outage', 'Ready', nowMs - 60_000));
  await ledger.append(rehearsed('outage', 'NotReady', nowMs - 20_000));
  await ledger.append(rehearsed('outage', 'Complete', nowMs, 'playbook'));
  await ledger.append(rehearsed('breach', 'NotReady', nowMs - 60_000));
  await ledger.append(rehearsed('breach', 'Ready', nowMs - 50_000));
  await ledger.append(rehearsed('gone', 'NotReady', nowMs - 91 * 86_400_000));
  const registry = new Registry();
  let isThere = true;
  const list: MemoryLedger['list'] = (filter) =>
    isThere ? ledger.list(filter) : Promise.reject(new Error('the ledger is away'));
  const refresh = refreshPlaybooks(
    {
      ...{ gauges: new PlaybookGauges(registry), readTimes: new ReadTimes(registry) },
      cache: ownCache(playbookCache),
    },
    { list },
  );
  await refresh();
  expect((await registry.metrics()).match(/^belay_playbook.*$/gm)?.sort()).toEqual([
    'belay_playbook_ready{environment="prod",playbook="breach"} 1',
    'belay_playbook_ready{environment="prod",playbook="outage"} 0',
    `belay_playbook_rehearsed_timestamp_seconds{environment="prod",playbook="breach"} ${nowMs / 1_000 - 50}`,
    `belay_playbook_rehearsed_timestamp_seconds{environment="prod",playbook="outage"} ${nowMs / 1_000 - 20}`,
  ]);
  const before = await registry.metrics();
  isThere = false;
  await refresh();
  expect(await registry.metrics()).toBe(before);
});
