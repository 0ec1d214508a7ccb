import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildWithFailpoints } from './bundles.ts';
import { StruckTable, type StruckRun } from './struck-table.ts';
import { World } from './world.ts';

/** On what a site stands. */
export interface Surroundings {
  world: World;
  folder: string;
  /** Of the workflows, with a place at the end of each of their tasks. */
  bundle: string;
}

/** Strikes a site in a world of its own, shows how each strike ended, and returns those that differed. */
export async function sweepInWorld<Site extends { close(): Promise<void> }>(
  open: (ground: Surroundings) => Promise<Site>,
  sweep: (site: Site, table: StruckTable) => Promise<void>,
): Promise<StruckRun[]> {
  const folder = await mkdtemp(join(tmpdir(), 'belay-bundles-'));
  const world = await World.open({ platform: false });
  const table = new StruckTable();
  try {
    const bundle = await buildWithFailpoints(folder);
    const site = await open({ world, folder, bundle });
    await sweep(site, table).finally(() => site.close());
  } finally {
    await world.close();
    await rm(folder, { recursive: true, force: true });
  }
  table.close();
  return table.different();
}
