import { readCpuSeconds } from '../measures/process-cpu.ts';
import { quantilesOf, type Quantiles } from '../measures/quantiles.ts';
import type { Fleet } from './fleet.ts';

/** What the cluster itself needs for a release, by the Deployments' own rolling update. */
export interface FloorFigures {
  deployments: number;
  completeMs: Quantiles;
  apiServerCpuSeconds: number;
}

export async function measureFloor(fleet: Fleet, apiServerPid: number): Promise<FloorFigures> {
  const usedBefore = await readCpuSeconds(apiServerPid);
  const startedAtMs = Date.now();
  const [, seenAtMs] = await Promise.all([fleet.setImages('v2'), fleet.untilComplete('v2')]);
  return {
    deployments: fleet.services.length,
    completeMs: quantilesOf(seenAtMs.map((atMs) => atMs - startedAtMs)),
    apiServerCpuSeconds: (await readCpuSeconds(apiServerPid)) - usedBefore,
  };
}
