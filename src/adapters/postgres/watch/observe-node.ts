import { hostname } from 'node:os';
import type {
  NodeAddress,
  Observation,
  Postmaster,
  WatchHeartbeat,
} from '../../../contracts/recovery/database-node.ts';
import { readControlFile } from '../host/control-file.ts';
import { isStandbyMarked } from '../host/marks.ts';
import { identifyPostmaster, readPostmasterFile } from '../host/postmaster-file.ts';
import type { DatabaseNode } from '../node.ts';
import { lookAt } from '../sql/look.ts';

export type Seen = Omit<Observation, 'by' | 'forMs'>;

export type OnAnswer = (heartbeat: WatchHeartbeat) => void;

/** One look at the own server, or at that of a peer. */
export async function observeNode(
  node: DatabaseNode,
  { peer, timeoutMs }: { peer?: NodeAddress; timeoutMs: number },
): Promise<Observation> {
  const seen = peer ? await seePeer(node, peer, timeoutMs) : await seeOwn(node, timeoutMs);
  return { by: node.agent, forMs: 0, ...seen };
}

export async function seePeer(
  node: DatabaseNode,
  peer: NodeAddress,
  timeoutMs: number,
): Promise<Seen> {
  const { view, detail, isPrimary } = await lookAt(await node.peerPlace(peer), timeoutMs);
  return { view, detail, ...(isPrimary !== undefined && { isPrimary }) };
}

/** Its process counts before its answers: the host sees it end, and needs nobody else for that. */
export async function seeOwn(
  node: DatabaseNode,
  timeoutMs: number,
  onAnswer: OnAnswer = () => undefined,
): Promise<Seen> {
  const before = await runningPostmaster(node);
  const ended = before === undefined ? await seeEnded(node) : undefined;
  if (ended !== undefined) return ended;
  const look = await lookAt(node.ownPlace, timeoutMs);
  const { view, detail, lsn, synchronousStandbys } = look;
  if (look.isPrimary !== undefined) {
    onAnswer({
      atMs: Date.now(),
      ...(lsn !== undefined && { lsn }),
      ...(synchronousStandbys !== undefined && { synchronousStandbys }),
    });
  }
  const after = await runningPostmaster(node);
  if (after === undefined && look.view !== 'accepting') {
    const gone = await seeEnded(node);
    if (gone !== undefined) return gone;
  }
  const isPrimary =
    look.view === 'accepting'
      ? { isPrimary: look.isPrimary ?? !isStandbyMarked(node.dataFolder) }
      : {};
  const postmaster = after ?? before;
  return { view, detail, ...isPrimary, ...(postmaster && { postmaster }) };
}

/** Undefined where its data folder cannot be read, such as without its volume: nobody can say that it has ended. */
export async function seeEnded({ dataFolder }: DatabaseNode): Promise<Seen | undefined> {
  const control = await readControlFile(dataFolder).catch(() => undefined);
  if (control === undefined) return undefined;
  const detail = `no server process runs on ${hostname()}; its control file says: ${control.state}`;
  return { view: 'ended', detail };
}

/** A zombie has ended. */
export async function runningPostmaster({
  dataFolder,
}: Pick<DatabaseNode, 'dataFolder'>): Promise<Postmaster | undefined> {
  const file = await readPostmasterFile(dataFolder);
  return file && identifyPostmaster(file.pid);
}
