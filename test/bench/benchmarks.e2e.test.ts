import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import type { AbortFigures } from '../../bench/abort/measure-aborts.ts';
import type { AnalysisFigures } from '../../bench/analysis/measure.ts';
import type { ChaosFigures } from '../../bench/chaos/measure-chaos.ts';
import type { HoldsFigures } from '../../bench/hold/measure-holds.ts';
import type { FloodFigures } from '../../bench/rollback/measure-flood.ts';
import type { RollbacksFigures } from '../../bench/rollback/measure-rollbacks.ts';
import type { RolloutsFigures } from '../../bench/rollouts/measure-rollouts.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** A busy machine may miss a target of time. */
const tooSlow = /^((p99 of|weight zero after) [\d,.]+ ms |(halt|lever) with \d+ open: )/;
/** A few simulated rollouts prove no rate, and have no mean. */
const tooFewRuns =
  /: (\d+ of \d+ aborted, up to |[\d.]+ of (Wald's bound|the interval rule's requests)|found after [\d.]+ times)|^releases that are bad from the start get /;
const nothing = /^$/;

/**
 * Small, and on the sources: that they measure is shown here, not how good the figures are. No
 * target may be missed but those that `mayMiss` describes.
 */
async function benchmark<T>(name: string, options: string, mayMiss = nothing): Promise<T> {
  const program = ['--import', 'tsx', `bench/${name}/main.ts`, '--json', '--sources'];
  const { stdout } = await run(process.execPath, [...program, ...options.split(' ')], {
    cwd: repository,
  }).catch((error: unknown) => {
    if (isExitOne(error)) return error;
    throw error;
  });
  const { figures, missed } = JSON.parse(stdout) as { figures: T; missed: string[] };
  expect(missed.filter((miss) => !mayMiss.test(miss))).toEqual([]);
  return figures;
}

function isExitOne(error: unknown): error is Error & { stdout: string } {
  return error instanceof Error && 'code' in error && error.code === 1;
}

it('opens rollouts, steps them and promotes them all', async () => {
  const [figures] = await benchmark<RolloutsFigures[]>(
    'rollouts',
    '--counts 3 --one-at-a-time 1 --settle 1s',
  );
  expect(figures).toMatchObject({ rollouts: 3, promoted: 3 });
  expect(figures?.stepsTogether.routedMs.count).toBe(3);
  expect(figures?.stepsOneAtATime.heldMs.p50).toBeGreaterThan(0);
  expect(figures?.memory.held.worker.rssMb).toBeGreaterThan(0);
});

it('aborts by signal and by update, and loses no request', async () => {
  const [figures] = await benchmark<AbortFigures[]>('abort', '--open 3 --repetitions 1', tooSlow);
  expect(figures?.requests).toMatchObject({ lost: 0, problems: [] });
  expect(figures?.bySignal.lastAnswerMs.count).toBe(1);
  expect(figures?.byUpdate.endedMs.max).toBeGreaterThan(0);
});

it('rolls back by alert, and handles every alert of a flood once', async () => {
  const { rollbacks, flood } = await benchmark<{
    rollbacks: RollbacksFigures[];
    flood: FloodFigures;
  }>('rollback', '--open 2 --repetitions 1 --webhooks 200 --services 2 --callers 4', tooSlow);
  expect(rollbacks[0]?.requests).toMatchObject({ lost: 0, problems: [] });
  expect(rollbacks[0]?.times.weightZeroMs.count).toBe(1);
  expect(flood.kinds.every(({ sent, asExpected }) => sent === asExpected)).toBe(true);
  expect(flood.alerts).toMatchObject({ lost: 0 });
  expect(flood.services).toEqual({ expected: 2, rolledBack: 2, twice: 0 });
});

it('counts the Actions of a canary exactly as the server does', async () => {
  const { counted } = await benchmark<HoldsFigures>(
    'hold',
    '--blind-times 30s --holds 12s --no-kill',
  );
  expect(counted).toHaveLength(1);
  expect(counted[0]?.total).toBe(counted[0]?.byServer.total);
  expect(counted[0]?.heartbeats.counted).toBe(counted[0]?.heartbeats.expected);
  expect(counted[0]?.defaultLadder.total).toBeLessThanOrEqual(200);
});

it('has simulated rollouts judged by every rule, the same ones anywhere', async () => {
  const few = '--runs 2 --most-runs 3 --other-runs 2 --hold-runs 2';
  const { regressions, falseAborts } = await benchmark<AnalysisFigures>(
    'analysis',
    few,
    tooFewRuns,
  );
  const obvious = regressions.filter(({ base, ratio }) => base === 0.01 && ratio === 20);
  expect(new Set(obvious.map(({ rule }) => rule)).size).toBe(6);
  for (const { rejected } of obvious) expect(rejected).toEqual({ count: 2, of: 2 });
  expect(falseAborts.find(({ rule }) => rule === 'sequential')?.rejected).toEqual({
    count: 0,
    of: 3,
  });
});

it('halts experiments, pulls the lever, and simulates experiments on two tracks', async () => {
  const few = '--only alike,latency,halts --open 2 --repetitions 1 --levers 1 --runs 5';
  const { alike, latency, halts } = await benchmark<ChaosFigures>('chaos', few, tooSlow);
  expect(alike?.map(({ verdicts }) => verdicts.Failed)).toEqual([0, 0, 0]);
  expect(latency?.[0]?.requests.mean).toBeGreaterThan(0);
  expect(halts?.requests.disturbed).toBeGreaterThan(0);
  expect([halts?.halt.count, halts?.lever.count]).toEqual([1, 1]);
});
