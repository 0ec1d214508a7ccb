import { constants, lstat, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Leftover } from '../../../contracts/chaos/host-faults.ts';
import { blocksIn, damagedOf, mostDamaged } from '../../../policies/chaos/copy/plan-damage.ts';
import type { FaultyCopy } from '../../../specs/chaos/agent-settings.ts';
import type { CopyFault } from '../../../specs/chaos/fault.ts';
import { formatDuration } from '../../../specs/kernel/duration.ts';
import { findFiles, isAllowed, markerFile, type FoundFiles } from './find-files.ts';

export interface ExaminedCopy {
  what: string;
  refusals: string[];
  leftovers: Leftover[];
}

interface About {
  /** Of the agent. */
  stateFolder: string;
  /** A copy that takes longer is refused. */
  withinMs?: number;
}

const usuallyWithinMs = 10_000;

/** What would be damaged, and everything that speaks against it. Changes nothing. */
export async function examineCopy(
  { name, folder }: FaultyCopy,
  { share }: CopyFault,
  { stateFolder, withinMs }: About,
): Promise<ExaminedCopy> {
  const what = `copy ${name}: ${folder}`;
  const found = await readCopy(folder, withinMs);
  if (typeof found === 'string') return { what, refusals: [found], leftovers: [] };
  const { files, journals, refusals } = found;
  const blocks = blocksIn(files);
  const damaged = damagedOf(blocks, share);
  return {
    what: `${what}, ${files.length} files of ${blocks} blocks`,
    refusals: [
      ...some(refusals, folder),
      ...(await refusePlace(folder, stateFolder)),
      ...(blocks === 0 && refusals.length === 0
        ? [`${folder} has no file that holds anything`]
        : []),
      ...(damaged > mostDamaged
        ? [`${damaged} blocks would be damaged; at most ${mostDamaged}: write a smaller intensity`]
        : []),
    ],
    leftovers: journals.map((journal) => ({
      what: `damage of a fault, as ${join(folder, journal)} has it; ${howToEnd(join(folder, journal))}`,
    })),
  };
}

/** The same of its folder alone: an agent that is being started does not look through a copy. */
export async function describeCopy(
  { name, folder }: FaultyCopy,
  { stateFolder, withinMs }: About,
): Promise<ExaminedCopy> {
  const refusals = await inTime(folder, { withinMs }, async () => {
    const undeclared = await refuseFolder(folder);
    return undeclared === undefined ? refusePlace(folder, stateFolder) : [undeclared];
  });
  return {
    what: `copy ${name}: ${folder}`,
    refusals: typeof refusals === 'string' ? [refusals] : refusals,
    leftovers: [],
  };
}

/** What is in a copy, or why that may not be damaged. */
export function readCopy(folder: string, withinMs?: number): Promise<FoundFiles | string> {
  return inTime(folder, { withinMs }, async (over) => {
    return (await refuseFolder(folder)) ?? findFiles(folder, over);
  });
}

/** What a person does where damage cannot be put right. */
export function howToEnd(journal: string): string {
  return `make the copy anew, and then: truncate -s 0 ${journal}`;
}

async function refuseFolder(folder: string): Promise<string | undefined> {
  if (!(await lstat(folder)).isDirectory()) return `${folder} is no folder`;
  if (await isDeclared(folder)) return undefined;
  return `${folder} has no file ${markerFile}: whoever answers for it has not declared it a copy`;
}

export function isDeclared(folder: string): Promise<boolean> {
  return isAllowed(join(folder, markerFile), constants.R_OK);
}

/** What the agent needs to remove the fault is never damaged with it. */
async function refusePlace(folder: string, stateFolder: string): Promise<string[]> {
  const own = `${await realpath(folder)}/`;
  const state = `${await realpath(stateFolder)}/`;
  return own.startsWith(state) || state.startsWith(own)
    ? [`${folder} and ${stateFolder}, where the agent keeps its acts, are in one another`]
    : [];
}

/** Nobody waits for a file system that does not answer. */
async function inTime<T>(
  folder: string,
  { withinMs = usuallyWithinMs }: { withinMs: number | undefined },
  look: (over: AbortSignal) => Promise<T>,
): Promise<T | string> {
  const over = AbortSignal.timeout(withinMs);
  const late = new Promise<string>((resolve) => {
    const why = `${folder} cannot be looked through within ${formatDuration(withinMs)}`;
    over.addEventListener('abort', () => resolve(why));
  });
  const looked = look(over).catch((error: unknown) => {
    if (over.aborted) return late;
    return `${folder} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  });
  return Promise.race([looked, late]);
}

const mostRefusals = 5;

/** Of a copy that is none, every file may be refused. */
function some(refusals: readonly string[], folder: string): string[] {
  const more = refusals.length - mostRefusals;
  return [
    ...refusals.slice(0, mostRefusals),
    ...(more > 0 ? [`and ${more} more in ${folder}`] : []),
  ];
}
