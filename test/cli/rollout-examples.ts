import type { ServiceState } from '../../src/contracts/rollouts/platform.ts';
import type { RolloutReport } from '../../src/contracts/rollouts/report.ts';
import type { RolloutStatus, StageStatus } from '../../src/contracts/rollouts/status.ts';
import { rolloutReport, type ReportChanges } from '../fixtures/rollout-report.ts';
import { noPaint, type Page } from '../../src/cli/render/page.ts';

export const noon = Date.UTC(2025, 0, 2, 12);
const minute = 60_000;

/** Half past twelve, without colours, read in UTC. */
export const page: Page = { nowMs: noon + 30 * minute, paint: noPaint, timeZone: 'UTC' };

function stage(changes: Partial<StageStatus> = {}): StageStatus {
  return {
    weight: 50,
    holdMs: 30 * minute,
    state: 'pending',
    measurements: [],
    tallies: {},
    canaryRequests: 0,
    canaryErrors: 0,
    ...changes,
  };
}

const passed = stage({
  weight: 5,
  holdMs: 10 * minute,
  state: 'passed',
  enteredAtMs: noon,
  leftAtMs: noon + 10 * minute,
  verdict: { kind: 'pass', reasons: [] },
  canaryRequests: 512,
});

const held = stage({
  weight: 20,
  holdMs: 20 * minute,
  state: 'active',
  enteredAtMs: noon + 22 * minute,
  holdEndsAtMs: noon + 42 * minute,
  canaryRequests: 1204,
  canaryErrors: 2,
  tallies: {
    'error-rate': { passed: 7, failed: 1, noData: 0 },
    p99: { passed: 7, failed: 0, noData: 1 },
  },
  measurements: [
    { metric: 'error-rate', atMs: noon + 29 * minute, value: 0.02, requests: 50, result: 'fail' },
    {
      metric: 'error-rate',
      atMs: noon + 30 * minute,
      value: 0.00166,
      requests: 150,
      result: 'pass',
    },
    {
      metric: 'p99',
      atMs: noon + 30 * minute,
      requests: 3,
      result: 'inconclusive',
      reason: 'only 3 requests',
    },
  ],
});

export function openStatus(changes: Partial<RolloutStatus> = {}): RolloutStatus {
  return {
    kind: 'canary',
    workflowId: 'rollout/demo/shop',
    runId: 'run-1',
    rolloutId: '20250102T120000-1a2b3c4d',
    runRef: '20250102T120000-1a2b3c4d',
    subject: { environment: 'demo', name: 'shop' },
    steps: [],
    service: 'shop',
    environment: 'demo',
    version: 'v2',
    previousVersion: 'v1',
    phase: 'holding',
    now: 'Holding 20 % for 20m',
    accepts: ['promote', 'promoteFull', 'pause', 'abort', 'undo'],
    weight: 20,
    startedAtMs: noon,
    serviceUrl: 'http://127.0.0.1:4080',
    stages: [passed, held, stage(), stage({ weight: 100, holdMs: 0 })],
    metrics: [
      { name: 'error-rate', measure: { kind: 'error-rate' }, max: 0.01 },
      { name: 'p99', measure: { kind: 'latency', quantile: 0.99 }, max: 500 },
    ],
    people: [
      { atMs: noon + 5 * minute, verb: 'pause', by: 'ana@desk', why: 'lunch' },
      { atMs: noon + 8 * minute, verb: 'resume', by: 'bo@desk' },
      { atMs: noon + 9 * minute, verb: 'promote', stage: 50, ignored: 'the one at 5 % is open' },
    ],
    undo: [
      { name: 'route all traffic to stable', state: 'armed' },
      { name: 'remove the canary', state: 'armed' },
      { name: 'release shop', state: 'armed' },
    ],
    ...changes,
  };
}

export function closedReport(changes: ReportChanges = {}): RolloutReport {
  return rolloutReport({
    runRef: '20250102T120000-1a2b3c4d',
    version: 'v3',
    previousVersion: 'v2',
    outcome: 'RolledBack',
    reason: 'at 20 %: error-rate 31.4% is above 1%',
    startedAtMs: noon,
    endedAtMs: noon + 12 * minute + 30_000,
    notes: ['the smoke test was | slow'],
    stages: [
      passed,
      stage({
        ...held,
        state: 'failed',
        leftAtMs: noon + 30 * minute,
        verdict: { kind: 'fail', reasons: ['error-rate 31.4% is above 1%'] },
      }),
      stage(),
    ],
    people: [{ atMs: noon, verb: 'deploy', by: 'ana@desk', why: 'the sale' }],
    undo: [
      { name: 'route all traffic to stable', state: 'done' },
      { name: 'remove the canary', state: 'failed', error: 'no answer' },
    ],
    spec: { kind: 'canary', service: 'shop' },
    ...changes,
  });
}

export const restingService: ServiceState = {
  service: 'shop',
  environment: 'demo',
  url: 'http://127.0.0.1:4080',
  revision: 3,
  stable: {
    release: { version: 'v2', command: ['node', 'server.js'] },
    wanted: 2,
    replicas: [
      { name: 'stable-1', ready: true, restarts: 0 },
      { name: 'stable-2', ready: false, restarts: 1, trouble: 'exit code 137' },
    ],
  },
  canaryWeight: 0,
  kept: [
    {
      revision: 2,
      release: { version: 'v1', command: ['node', 'server.js'] },
      wanted: 2,
      replacedAtMs: noon,
    },
  ],
};

export const canaryService: ServiceState = {
  ...restingService,
  canaryWeight: 20,
  canary: {
    release: { version: 'v3', command: ['node', 'server.js'] },
    wanted: 2,
    replicas: [
      { name: 'canary-1', ready: true, restarts: 0 },
      {
        name: 'canary-2',
        ready: false,
        restarts: 3,
        trouble: 'exit code 1\nError: Cannot find module ./server.js',
      },
    ],
  },
};
