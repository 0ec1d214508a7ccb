import type { Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { FenceFormerCall, FormerFence } from '../../../contracts/recovery/database-node.ts';
import { readLastKnown } from '../facts/last-known.ts';
import { isStandbyMarked, isUnusable } from '../host/marks.ts';
import type { DatabaseNode } from '../node.ts';
import { fenceNode } from './fence-node.ts';

/**
 * Fences a former primary whose host was away while another node was promoted. Whoever brought it back
 * may have made it a standby already, or something else: that is left as it is.
 */
export async function fenceFormer(
  node: DatabaseNode,
  { act, successor }: Pick<FenceFormerCall, 'act' | 'successor'>,
  attempt: Attempt,
): Promise<FormerFence> {
  const left = await whyLeft(node, successor);
  if (left !== undefined) return left;
  return { fence: await fenceNode(node, { act, graceMs: 0 }, attempt) };
}

async function whyLeft(
  node: DatabaseNode,
  successor: FenceFormerCall['successor'],
): Promise<{ left: string } | { undecided: string } | undefined> {
  const { dataFolder, settings } = node;
  const { was, systemIdentifier, timeline } = await readLastKnown(node);
  if (systemIdentifier !== successor.systemIdentifier) {
    return { left: `${dataFolder} is of another cluster: ${systemIdentifier}` };
  }
  if (await isUnusable(dataFolder)) {
    return { left: 'a rewind did not end well, so it cannot be started' };
  }
  if (was === 'standby' && isStandbyMarked(dataFolder)) return { left: 'it is a standby' };
  if (timeline < successor.timeline) return undefined;
  return {
    undecided: `${settings.name} is a primary on timeline ${timeline}, which is not older than timeline ${successor.timeline} of its successor: decide which of them stays, and fence the other`,
  };
}
