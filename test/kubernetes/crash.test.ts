import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildBundles } from '../e2e/crash/bundles.ts';
import { kubernetesScenarios } from '../e2e/crash/kubernetes-scenarios.ts';
import { kubernetesSites } from '../e2e/crash/kubernetes-site.ts';
import {
  isWanted,
  playUndisturbed,
  sideBySide,
  spread,
  strikeOnce,
  type Undisturbed,
} from '../e2e/crash/sweep.ts';
import { printedTable } from '../e2e/crash/table.ts';
import type { Bench } from '../e2e/crash/trial.ts';
import { World } from '../e2e/crash/world.ts';
import { describeOnCluster } from '../fixtures/cluster.ts';

/**
 * Of every scenario, or of those in `BELAY_CRASH_KINDS=switched-routed,put-back-ratio`: all places, or
 * with `BELAY_CRASH_POINTS=20` so many of each. Without it, one place of each.
 * `BELAY_CRASH_PLACES=resolveSpec#1:after,inspect` strikes those whose names begin so.
 */
const points = process.env['BELAY_CRASH_POINTS'];
const kinds = process.env['BELAY_CRASH_KINDS']?.split(',');
const scenarios = kubernetesScenarios.filter(({ name }) => kinds?.includes(name) ?? true);
const limitMs = 12 * 60 * 60_000;
/** Side by side: a rollout mostly waits, but its pods and its worker start. */
const lanes = Number(process.env['BELAY_CRASH_LANES'] ?? 4);

describeOnCluster('a rollout on Kubernetes whose worker is killed', ['gatewayUrl'], () => {
  let folder: string;
  let bench: Bench;

  beforeAll(async () => {
    Runtime.install({
      logger: new DefaultLogger('ERROR'),
      telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } },
    });
    folder = await mkdtemp(join(tmpdir(), 'belay-bundles-'));
    bench = {
      world: await World.open({ platform: false }),
      bundles: await buildBundles(folder),
      makeSite: kubernetesSites((name) =>
        name.includes('routed') ? 'routed' : 'by replica ratio',
      ),
    };
  });

  afterAll(async () => {
    await bench.world.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('ends as if nothing had happened, wherever it is killed', { timeout: limitMs }, async () => {
    expect(scenarios, 'scenarios with these names').not.toEqual([]);
    const table = printedTable();
    const runs: Undisturbed[] = [];
    await sideBySide(lanes, scenarios, async (scenario) => {
      runs.push(await playUndisturbed(bench, scenario));
    });
    for (const { scenario, end } of runs)
      expect({ [scenario.name]: end.failedRequests }).toEqual({ [scenario.name]: 0 });
    const strikes = runs.flatMap((run, nth) => {
      const places = chosen(run.places.filter(isWanted), nth);
      const { name } = run.scenario;
      process.stdout.write(`${name}: ${places.length} of ${run.places.length} places\n`);
      return places.map((place) => ({ run, place }));
    });
    await sideBySide(lanes, strikes, async ({ run, place }, index) => {
      const name = `${run.scenario.name}-${index + 1}`;
      table.add(await strikeOnce(bench, run, { place, victim: 'worker' }, name));
    });
    table.close();
    expect(table.different()).toEqual([]);
  });
});

/** Spread over the run; where only one is wanted, from the first of the first to the last of the last. */
function chosen(places: string[], nth: number): string[] {
  if (points !== undefined) {
    return spread(places, points === 'all' ? places.length : Number(points));
  }
  const share = nth / Math.max(1, scenarios.length - 1);
  return places.slice(Math.round(share * (places.length - 1))).slice(0, 1);
}
