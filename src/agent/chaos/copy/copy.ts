/** Files that are declared to be a copy, in which bits are wrong for a while. */
import { accessSync, constants, lstatSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultSeen, Leftover } from '../../../contracts/chaos/host-faults.ts';
import {
  blocksIn,
  damagedOf,
  mostDamaged,
  planDamage,
} from '../../../policies/chaos/copy/plan-damage.ts';
import type { FaultyCopy } from '../../../specs/chaos/agent-settings.ts';
import type { CopyFault } from '../../../specs/chaos/fault.ts';
import { shortMark, type CopyOrder } from '../order.ts';
import { byFile, countWhere, foresee, writeWhere } from './damaged-bytes.ts';
import { findFiles, journalFile, markerFile, type FoundFiles } from './find-files.ts';
import { readJournal, removeJournal, writeJournal } from './journal.ts';

export interface ExaminedCopy {
  what: string;
  refusals: string[];
  leftovers: Leftover[];
}

/** What would be damaged, and everything that speaks against it. Changes nothing. */
export function examineCopy(
  { name, folder }: FaultyCopy,
  { share }: CopyFault,
  stateFolder: string,
): ExaminedCopy {
  const what = `copy ${name}: ${folder}`;
  const found = readCopy(folder);
  if (typeof found === 'string') return { what, refusals: [found], leftovers: [] };
  const { files, journals, refusals } = found;
  const blocks = blocksIn(files);
  const damaged = damagedOf(blocks, share);
  return {
    what: `${what}, ${files.length} files of ${blocks} blocks`,
    refusals: [
      ...refusals,
      ...refusePlace(folder, stateFolder),
      ...(blocks === 0 ? [`${folder} has no file that holds anything`] : []),
      ...(damaged > mostDamaged
        ? [`${damaged} blocks would be damaged; at most ${mostDamaged}: write a smaller intensity`]
        : []),
      ...files
        .filter(({ path }) => !isAllowed(join(folder, path), constants.R_OK | constants.W_OK))
        .slice(0, 1)
        .map(({ path }) => `the agent may not write to ${join(folder, path)}`),
    ],
    leftovers: journals.map((journal) => ({
      what: `damage of a fault, as ${join(folder, journal)} has it; make the copy anew, and remove that file`,
    })),
  };
}

/** As it is now, for an order that is carried out whatever the settings say later. */
export function orderOfCopy({ folder }: FaultyCopy): CopyOrder {
  return { folder, inode: lstatSync(folder).ino };
}

interface CopyAct {
  mark: string;
  copy: Pick<CopyOrder, 'folder'>;
}

/** What is damaged is on disk before anything is. Returns once every bit is wrong. */
export function damageCopy(
  { mark, copy }: CopyAct & { copy: CopyOrder },
  { share }: CopyFault,
): void {
  const { folder } = copy;
  const found = readCopy(folder);
  if (typeof found === 'string') throw new Error(found);
  requireSame(copy);
  if (found.refusals.length > 0) throw new Error(found.refusals.join('; '));
  const journal = join(folder, journalFile(shortMark(mark)));
  const known = readJournal(journal);
  const damage =
    known ?? planDamage(found.files, share, Math.random).map((each) => foresee(folder, each));
  if (known === undefined) writeJournal(journal, damage);
  for (const { path, bytes } of byFile(damage)) {
    writeWhere(join(folder, path), bytes, (each) => ({ from: each.was, to: each.is }));
  }
}

/** Every bit that is still wrong is put right; what others have written meanwhile stays. */
export function restoreCopy({ mark, copy: { folder } }: CopyAct): void {
  const journal = join(folder, journalFile(shortMark(mark)));
  for (const { path, bytes } of byFile(readJournal(journal) ?? [])) {
    writeWhere(join(folder, path), bytes, (each) => ({ from: each.is, to: each.was }));
  }
  removeJournal(journal);
}

/** What the file system returns of the damaged bytes, whatever the injector says. */
export function observeCopy({ mark, copy: { folder } }: CopyAct): FaultSeen {
  const isTargetRunning = isAllowed(join(folder, markerFile), constants.R_OK);
  const damage = readJournal(join(folder, journalFile(shortMark(mark))));
  if (damage === undefined) {
    const detail = isTargetRunning ? 'no bit of it is wrong' : `${folder} is gone`;
    return { ...{ isEffective: false, isThere: false, isTargetRunning }, detail };
  }
  const wrong = byFile(damage).reduce(
    (sum, { path, bytes }) => sum + countWhere(join(folder, path), bytes, ({ is }) => is),
    0,
  );
  return {
    ...{ isEffective: wrong > 0, isThere: true, isTargetRunning },
    detail: `one bit is wrong in ${wrong} of ${damage.length} blocks`,
  };
}

function readCopy(folder: string): FoundFiles | string {
  try {
    if (!lstatSync(folder).isDirectory()) return `${folder} is no folder`;
    if (!isAllowed(join(folder, markerFile), constants.R_OK)) {
      return `${folder} has no file ${markerFile}: whoever answers for it has not declared it a copy`;
    }
    return findFiles(folder);
  } catch (error) {
    return `${folder} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** What the agent needs to remove the fault is never damaged with it. */
function refusePlace(folder: string, stateFolder: string): string[] {
  const own = `${realpathSync(folder)}/`;
  const state = `${realpathSync(stateFolder)}/`;
  return own.startsWith(state) || state.startsWith(own)
    ? [`${folder} and ${stateFolder}, where the agent keeps its acts, are in one another`]
    : [];
}

function requireSame({ folder, inode }: CopyOrder): void {
  if (lstatSync(folder).ino === inode) return;
  throw new Error(`${folder} is another folder now than the one that was examined`);
}

function isAllowed(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
