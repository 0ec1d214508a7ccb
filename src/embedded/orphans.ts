import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { homeLayout } from '../config/home.ts';
import { isAlive, stopProcess, type ProcessIdentity } from '../processes/identity.ts';
import { readRunFile, removeRunFile } from '../processes/run-file.ts';
import { readUpRecord, type PartName } from './up-record.ts';

/** Each part before those that it uses. */
const stopOrder: readonly PartName[] = [
  'gateway',
  'agent',
  'worker',
  'local platform',
  'Temporal server',
];

/** The processes that a killed `belay up` left running. */
export async function findOrphans(home: string): Promise<Map<PartName, ProcessIdentity>> {
  const children = (await readUpRecord(home))?.children ?? {};
  const found = new Map<PartName, ProcessIdentity>();
  for (const name of stopOrder) {
    const identity = children[name];
    if (identity && (await isAlive(identity))) found.set(name, identity);
  }
  return found;
}

interface StopOrphans {
  home: string;
  graceMs: number;
  log: (line: string) => void;
}

/** Stops them, and removes the run files of dead processes. */
export async function stopOrphans(
  orphans: Map<PartName, ProcessIdentity>,
  { home, graceMs, log }: StopOrphans,
): Promise<void> {
  for (const [name, identity] of orphans) {
    log(`stopping the ${name} that a killed \`belay up\` left behind (process ${identity.pid})`);
    await stopProcess(identity, { graceMs });
  }
  const { run } = homeLayout(home);
  for (const name of await readdir(run).catch(() => [])) {
    if (/^(temporal|gateway|worker-\d+|agent-[a-z0-9.-]+)\.json$/.test(name))
      await removeIfDead(join(run, name));
  }
}

const identityShape = z.object({ pid: z.number(), startTime: z.string() });

async function removeIfDead(runFile: string): Promise<void> {
  const identity = await readRunFile(runFile, identityShape);
  if (identity && !(await isAlive(identity))) await removeRunFile(runFile);
}
