import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Tools } from '../../../contracts/backups/provider.ts';
import type {
  KeepReplacedCall,
  KeptFolder,
  PlaceAct,
  PlaceCall,
  PlaceState,
} from '../../../contracts/backups/place.ts';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { ClusterTools } from '../tool/cluster-tools.ts';
import { isServerRunning } from './find-server.ts';
import {
  isFolder,
  placeFolders,
  removeFolder,
  renameFolder,
  replacedFolder,
  type PlaceFolders,
} from './place-folders.ts';

export async function readPlace(
  tools: ClusterTools,
  { place }: PlaceCall,
  attempt: Attempt,
): Promise<PlaceState> {
  const folders = placeFolders(tools.settings.dataFolder, place);
  return {
    isReplaced: await isFolder(folders.kept),
    isStartable: isStartable(folders.data),
    running: await isServerRunning(tools, attempt),
  };
}

/** Carries on where an attempt was cut short: each state of the folders has one next step. */
export async function swapIn(
  tools: ClusterTools,
  { place }: PlaceAct,
  attempt: Attempt,
): Promise<KeptFolder> {
  const folders = placeFolders(tools.settings.dataFolder, place);
  const { data, next, kept } = folders;
  const has = await stateOf(folders);
  if (has.kept && has.data && !has.next) return { folder: kept };
  if (!has.next) {
    throw new AgentError('refused', `there is no ${next}: it was removed, or never restored`);
  }
  if (!isStartable(next)) {
    throw new AgentError('refused', `${next} is not whole: it has no global/pg_control`);
  }
  if (has.kept && has.data) throw unclear(folders);
  if (!has.kept) {
    await refuseRunning(tools, attempt);
    await renameFolder(tools, { from: data, to: kept }, attempt);
  }
  await renameFolder(tools, { from: next, to: data }, attempt);
  return { folder: kept };
}

/** The other way round, from wherever the restore got to. */
export async function putBack(
  { host, tools }: { host: Tools; tools: ClusterTools },
  { place }: PlaceAct,
  attempt: Attempt,
): Promise<PlaceState> {
  await host.stop(place);
  const folders = placeFolders(tools.settings.dataFolder, place);
  const { data, next, kept } = folders;
  const has = await stateOf(folders);
  if (has.kept) {
    if (has.data) {
      if (has.next) throw unclear(folders);
      await refuseRunning(tools, attempt);
      await renameFolder(tools, { from: data, to: next }, attempt);
    }
    await renameFolder(tools, { from: kept, to: data }, attempt);
  }
  await removeFolder(tools, next, attempt);
  return readPlace(tools, { place } as PlaceCall, attempt);
}

/** What is in place now is what was asked for: the former folder goes in a while. */
export async function keepReplaced(
  tools: ClusterTools,
  { place, untilMs }: KeepReplacedCall,
  attempt: Attempt,
): Promise<KeptFolder> {
  const { dataFolder } = tools.settings;
  const { kept } = placeFolders(dataFolder, place);
  const folder = replacedFolder(dataFolder, untilMs);
  if (await isFolder(kept)) await renameFolder(tools, { from: kept, to: folder }, attempt);
  if (await isFolder(folder)) return { folder };
  throw new AgentError('refused', `there is neither ${kept} nor ${folder}: somebody removed it`);
}

async function stateOf({ data, next, kept }: PlaceFolders) {
  return { data: await isFolder(data), next: await isFolder(next), kept: await isFolder(kept) };
}

/** pgBackRest writes it last, and removes it first. */
function isStartable(folder: string): boolean {
  return existsSync(join(folder, 'global', 'pg_control'));
}

async function refuseRunning(tools: ClusterTools, attempt: Attempt): Promise<void> {
  if (!(await isServerRunning(tools, attempt))) return;
  throw new AgentError('refused', `PostgreSQL runs in ${tools.settings.dataFolder}: stop it first`);
}

function unclear({ data, next, kept }: PlaceFolders): AgentError {
  return new AgentError(
    'refused',
    `there are ${data}, ${next} and ${kept}, and nobody knows which of them is meant: somebody has made one of them. ${kept} is what was there before`,
  );
}
