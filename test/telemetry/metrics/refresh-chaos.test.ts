import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { ChaosGauges } from '../../../src/telemetry/metrics/chaos-gauges.ts';
import { refreshChaos } from '../../../src/telemetry/metrics/refresh-chaos.ts';
import { MemoryLedger } from '../../fakes/memory-ledger.ts';
import { campaignReport, experimentReport } from '../../fixtures/chaos-reports.ts';

const dayMs = 86_400_000;
const agoMs = (days: number) => ({
  startedAtMs: Date.now() - days * dayMs,
  endedAtMs: Date.now() - days * dayMs,
});
const of = (name: string, days: number, outcome: string) => ({
  ...{ ...agoMs(days), subject: { environment: 'staging', name } },
  ...{ runRef: `${name}@${days}`, outcome },
});

const late = {
  subject: { environment: 'staging', name: 'daily' },
  schedule: { every: '1d' },
  sinceMs: Date.now() - 30 * dayMs,
  ...{ isPaused: false, isOpen: false },
};

function setUp() {
  const ledger = new MemoryLedger(
    experimentReport({ retestWithinMs: 7 * dayMs }, of('web-freezes', 8, 'Failed')),
    experimentReport({}, of('web-crashes', 2, 'LeftBehind')),
    experimentReport({}, of('web-crashes', 1, 'Planned')),
    experimentReport({}, of('web-is-slow', 2, 'Failed')),
    experimentReport({}, of('web-is-slow', 1, 'Passed')),
    campaignReport(
      { score: { passed: 1, failed: 0, unknown: 0 }, rows: [] },
      of('daily', 9, 'Passed'),
    ),
    campaignReport({}, of('daily', 3, 'Failed')),
  );
  const registry = new Registry();
  const state = { temporalAnswers: true };
  const listSchedules = () =>
    state.temporalAnswers ? Promise.resolve([late]) : Promise.reject(new Error('no answer'));
  const refresh = refreshChaos(new ChaosGauges(registry), { ledger, listSchedules }, 0);
  const exported = async () => {
    await refresh();
    return (await registry.metrics()).match(/^belay_.*$/gm)?.sort() ?? [];
  };
  return { ledger, state, exported };
}

const fromTheLedger = [
  'belay_chaos_campaign_missed{environment="staging",campaign="daily"} 1',
  'belay_chaos_campaign_score{environment="staging",campaign="daily",result="failed"} 0.2',
  'belay_chaos_campaign_score{environment="staging",campaign="daily",result="passed"} 0.2',
  'belay_chaos_campaign_score{environment="staging",campaign="daily",result="unknown"} 0.6',
  'belay_chaos_finding{environment="staging",experiment="web-crashes",state="open",outcome="LeftBehind"} 1',
  'belay_chaos_finding{environment="staging",experiment="web-freezes",state="overdue",outcome="Failed"} 1',
];

it('a worker exports findings that are open, and the last score of each campaign', async () => {
  const { exported } = setUp();
  expect(await exported()).toEqual(
    [
      'belay_chaos_campaign_late{environment="staging",campaign="daily"} 1',
      ...fromTheLedger,
    ].sort(),
  );
});

it('findings are exported while Temporal does not say when campaigns are due', async () => {
  const { state, exported } = setUp();
  state.temporalAnswers = false;
  expect(await exported()).toEqual(fromTheLedger);
});

it('no campaign counts as late while the ledger does not say when it was run', async () => {
  const { ledger, exported } = setUp();
  await exported();
  ledger.failure = new Error('the ledger is away');
  expect(await exported()).toEqual([]);
});
