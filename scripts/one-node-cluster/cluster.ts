import { loadConfig } from '../../src/config/load-config.ts';
import { SetupFailed } from '../programs/failure.ts';
import { sampleImages } from './images/sample-images.ts';
import { clusterLayout } from './layout.ts';
import { bringUp } from './lifecycle/bring-up.ts';
import { healthOf } from './lifecycle/health.ts';
import { readRecord, type ClusterAccess } from './lifecycle/record.ts';
import { takeDown } from './lifecycle/take-down.ts';
import { withLock } from '../programs/lock.ts';
import { ensurePrerequisites } from './prerequisites.ts';
import { providePrograms } from './programs/programs.ts';

type Log = (line: string) => void;

/** With longer names, the paths of sockets would exceed the kernel's limit. */
const nameShape = /^[a-z][a-z0-9-]{0,30}$/;

/** One cluster per name, even if it is started repeatedly; a broken one is replaced. Throws SetupFailed. */
export async function upCluster(name: string, log: Log): Promise<ClusterAccess> {
  const layout = layoutOf(name);
  await ensurePrerequisites(log);
  return withLock(layout.lock, async () => {
    const record = await readRecord(name);
    const health = record && (await healthOf(record));
    if (health?.up) return health.access;
    const options = { cache: loadConfig().cache, log };
    const programs = await providePrograms(options);
    const images = await sampleImages(options);
    if (health) log(`${name} is broken (missing: ${health.missing.join(', ')}): starting it again`);
    await takeDown(layout, record);
    try {
      return await bringUp({ name, layout, programs, images, log });
    } catch (error) {
      await takeDown(layout, await readRecord(name));
      throw error;
    }
  });
}

/** Removes everything; it is a success if there is nothing. */
export async function downCluster(name: string): Promise<void> {
  const layout = layoutOf(name);
  await withLock(layout.lock, async () => takeDown(layout, await readRecord(name)));
}

/** A running cluster. Throws SetupFailed. */
export async function findCluster(name: string): Promise<ClusterAccess> {
  layoutOf(name);
  const record = await readRecord(name);
  const health = record && (await healthOf(record));
  if (health?.up) return health.access;
  const state = health ? `is broken (missing: ${health.missing.join(', ')})` : 'does not exist';
  throw new SetupFailed(
    `The cluster ${name} ${state}; start it with: scripts/cluster up --name ${name}`,
  );
}

function layoutOf(name: string) {
  if (nameShape.test(name)) return clusterLayout(name);
  throw new SetupFailed(
    `"${name}" is not a valid cluster name: use up to 31 of a-z, 0-9 and -, starting with a letter`,
  );
}
