import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunStep } from '../../../contracts/kernel/agent.ts';
import { readWritten, writeDurably } from '../../../processes/durable-file.ts';
import { isUnusable } from '../host/marks.ts';
import type { DatabaseNode } from '../node.ts';
import { isSwapping } from './copy.ts';
import { forgetRewind } from './rewind.ts';

const runFile = (node: DatabaseNode) => join(node.stateFolder, 'rejoin.json');

/**
 * What another run kept of this node may be long out of date. Not while a rewind or a copy of it has not
 * ended: then what it kept are the only files of this node that there are.
 */
export async function forgetOtherRuns(node: DatabaseNode, { runRef }: RunStep): Promise<void> {
  const last = await readWritten<Pick<RunStep, 'runRef'>>(runFile(node));
  const isUnderWay = isSwapping(node) || (await isUnusable(node.dataFolder).catch(() => false));
  if (last?.runRef !== runRef && !isUnderWay) await forgetRejoin(node);
  await writeDurably(runFile(node), { runRef });
}

export async function forgetRejoin(node: DatabaseNode): Promise<void> {
  await forgetRewind(node);
  await rm(join(node.stateFolder, 'own-files'), { recursive: true, force: true });
  await rm(runFile(node), { force: true });
}
