import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import type { ChaosFinding } from '../../../src/policies/chaos/list-findings.ts';
import { ChaosGauges } from '../../../src/telemetry/metrics/chaos-gauges.ts';
import { ReadTimes } from '../../../src/telemetry/metrics/read-times.ts';
import {
  experimentCache,
  refreshChaos,
  scheduleCache,
} from '../../../src/telemetry/metrics/refresh-chaos.ts';
import { MemoryLedger } from '../../fakes/memory-ledger.ts';
import { campaignReport, experimentReport } from '../../fixtures/chaos-reports.ts';
import { ownCache } from '../../fixtures/own-cache.ts';

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

const { rows } = campaignReport().details;
const withLost = rows.map((row, index) => (index === 0 ? { ...row, outcome: 'Lost' } : row));

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
    campaignReport({ rows: withLost }, of('daily', 3, 'LeftBehind')),
  );
  const registry = new Registry();
  const state = { temporalAnswers: true };
  const listSchedules = () =>
    state.temporalAnswers ? Promise.resolve([late]) : Promise.reject(new Error('no answer'));
  const refresh = refreshChaos(
    {
      ...{ gauges: new ChaosGauges(registry), readTimes: new ReadTimes(registry) },
      ...{ experiments: ownCache(experimentCache), schedules: ownCache(scheduleCache) },
    },
    { ledger, listSchedules },
  );
  const lines = async () => {
    await refresh();
    return (await registry.metrics()).match(/^belay_.*$/gm)?.sort() ?? [];
  };
  const isTime = (line: string) => line.startsWith('belay_read_timestamp_seconds');
  const exported = async () => (await lines()).filter((line) => !isTime(line));
  /** The schedules of campaigns, and what came of experiments. */
  const readAt = async () =>
    (await lines())
      .filter((line) => isTime(line) && /campaign|experiment/.test(line))
      .map((line) => Number(line.slice(line.lastIndexOf(' '))));
  return { ledger, state, exported, readAt };
}

const fromTheLedger = [
  'belay_chaos_campaign_lost{environment="staging",campaign="daily"} 1',
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
  const { state, exported, readAt } = setUp();
  state.temporalAnswers = false;
  expect(await exported()).toEqual(fromTheLedger);
  expect(await readAt()).toEqual([0, expect.closeTo(Date.now() / 1_000, -2)]);
});

it('a campaign that was late stays so while Temporal does not say when it is due', async () => {
  const { state, exported } = setUp();
  const before = await exported();
  state.temporalAnswers = false;
  expect(await exported()).toEqual(before);
});

it('nothing is over while the ledger does not answer, and it is shown since when', async () => {
  const { ledger, exported, readAt } = setUp();
  expect(await readAt()).toEqual(Array(2).fill(expect.closeTo(Date.now() / 1_000, -2)));
  const before = await exported();
  const [, findingsReadAt] = await readAt();
  ledger.failure = new Error('the ledger is away');
  expect(await exported()).toEqual(before);
  expect(before).toContain(fromTheLedger[4]);
  const [lateReadAt, ...ofFindings] = await readAt();
  expect(ofFindings).toEqual([findingsReadAt]);
  expect(lateReadAt).toBeLessThanOrEqual(findingsReadAt!);
});

it('a worker that has never reached the ledger says so', async () => {
  const { ledger, exported, readAt } = setUp();
  ledger.failure = new Error('the ledger is away');
  expect(await exported()).toEqual([]);
  expect(await readAt()).toEqual([0, 0]);
});

it('of very many findings, those are named first whose fault may still be there', async () => {
  const registry = new Registry();
  const gauges = new ChaosGauges(registry);
  const finding = (index: number, outcome: string): ChaosFinding => ({
    ...{ environment: 'prod', experiment: `web-${index}`, state: 'open', reason: '', runRef: '' },
    ...{ outcome, sinceMs: 0, times: 1, retestByMs: index },
  });
  const failed = Array.from({ length: 600 }, (_, index) => finding(index, 'Failed'));
  const left = [finding(600, 'LeftBehind'), finding(601, 'UndoFailed')];
  gauges.show({ findings: [...failed, ...left], campaigns: [] });
  const shown = (await registry.metrics()).match(/^belay_chaos_finding\{.*$/gm) ?? [];
  expect(shown).toHaveLength(500);
  expect(shown.filter((line) => /LeftBehind|UndoFailed/.test(line))).toHaveLength(2);
});
