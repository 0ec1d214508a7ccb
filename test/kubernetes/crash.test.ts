import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildBundles } from '../e2e/crash/bundles.ts';
import { chooseStrikes, isChosenKind } from '../e2e/crash/chosen-strikes.ts';
import { kubernetesScenarios } from '../e2e/crash/kubernetes-scenarios.ts';
import { kubernetesSites } from '../e2e/crash/kubernetes-site.ts';
import { playUndisturbed, sideBySide, strikeOnce, type Undisturbed } from '../e2e/crash/sweep.ts';
import { printedTable } from '../e2e/crash/table.ts';
import type { Bench, Strike } from '../e2e/crash/trial.ts';
import { World } from '../e2e/crash/world.ts';
import { describeOnCluster } from '../fixtures/cluster.ts';

const scenarios = kubernetesScenarios.filter(({ name }) => isChosenKind(name, true));
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
      const all = run.places.map((place): Strike => ({ place, victim: 'worker' }));
      const chosen = chooseStrikes(all, (wanted) => onePlace(wanted, nth));
      const { name } = run.scenario;
      process.stdout.write(`${name}: ${chosen.length} of ${all.length} places\n`);
      return chosen.map((strike) => ({ run, strike }));
    });
    await sideBySide(lanes, strikes, async ({ run, strike }, index) => {
      const name = `${run.scenario.name}-${index + 1}`;
      table.add(await strikeOnce(bench, run, strike, name));
    });
    table.close();
    expect(table.different()).toEqual([]);
  });
});

/** Of the first scenario its first one, of the last its last one. */
function onePlace(all: readonly Strike[], nth: number): Strike[] {
  const share = nth / Math.max(1, scenarios.length - 1);
  return all.slice(Math.round(share * (all.length - 1))).slice(0, 1);
}
