/** Files that are declared to be a copy, in which bits are wrong for a while. */
import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FaultSeen } from '../../../contracts/chaos/host-faults.ts';
import { planDamage } from '../../../policies/chaos/copy/plan-damage.ts';
import type { FaultyCopy } from '../../../specs/chaos/agent-settings.ts';
import type { CopyFault } from '../../../specs/chaos/fault.ts';
import { shortMark, type CopyOrder } from '../order.ts';
import {
  byFile,
  damageFile,
  findWrong,
  foresee,
  restoreFile,
  type Damage,
  type LeftDamage,
} from './damaged-bytes.ts';
import { howToEnd, isDeclared, readCopy } from './examine-copy.ts';
import { journalFile, markerFile, refuseMounts } from './find-files.ts';
import { readJournal, removeJournal, writeJournal, type Journal } from './journal.ts';

/** As it is now, for an order that is carried out whatever the settings say later. */
export async function orderOfCopy({ folder }: FaultyCopy): Promise<CopyOrder> {
  const { ino: inode, dev: device } = await lstat(folder);
  return { folder, inode, device };
}

interface CopyAct {
  mark: string;
  copy: CopyOrder;
}

/** What is damaged is on disk before anything is. Throws where less than half of it is damaged then. */
export async function damageCopy({ mark, copy }: CopyAct, { share }: CopyFault): Promise<void> {
  const { folder } = copy;
  const found = await readCopy(folder);
  if (typeof found === 'string') throw new Error(found);
  const there = await lookAt(folder);
  if (there?.ino !== copy.inode || isElsewhere(copy, there)) {
    throw new Error(`${folder} is another folder now than the one that was examined`);
  }
  refuse(found.refusals);
  const path = journalOf({ mark, copy });
  let journal = await readJournal(path);
  if (journal === undefined) {
    const left: Damage[] = [];
    for (const each of planDamage(found.files, share, Math.random)) {
      left.push(await foresee(folder, each));
    }
    // Nothing has come into the way of these files since they were found.
    refuse(await refuseMounts(folder));
    journal = { damaged: left.length, left };
    await writeJournal(path, journal);
  }
  for (const each of byFile(journal.left)) await damageFile(folder, each);
  const { wrong } = await count(folder, journal);
  if (isHalf(wrong, journal)) return;
  throw new Error(`${describe(wrong, journal)}: others write to ${folder}`);
}

/**
 * Every bit that is still wrong is put right; what others have written meanwhile stays. Throws where any of it is left,
 * or nobody can say.
 */
export async function restoreCopy(act: CopyAct): Promise<void> {
  const journal = await findDamage(act);
  if (typeof journal === 'string') throw new Error(journal);
  const path = journalOf(act);
  if (journal === undefined) return removeJournal(path);
  // A person has emptied it, maybe in another folder: whoever looks for the damage has to see that, too.
  if (journal.left.length === 0) return;
  const left: LeftDamage[] = [];
  for (const each of byFile(journal.left)) {
    left.push(...(await restoreFile(act.copy.folder, each)));
  }
  const [first] = left;
  if (first === undefined) return removeJournal(path);
  if (left.length < journal.left.length) {
    await writeJournal(path, { ...journal, left: left.map(({ damage }) => damage) });
  }
  throw new Error(
    `${left.length} of ${journal.damaged} wrong bits may be left: ${first.why}; ${howToEnd(path)}`,
  );
}

/** What the file system returns of the damaged bytes, whatever the injector says. */
export async function observeCopy(
  act: Pick<CopyAct, 'mark'> & { copy: OrderOrSettings },
): Promise<FaultSeen> {
  const { folder } = act.copy;
  const journal = await findDamage(act);
  if (typeof journal === 'string') {
    return { isEffective: false, isThere: true, isTargetRunning: false, detail: journal };
  }
  const isTargetRunning = await isDeclared(folder);
  if (journal === undefined || journal.left.length === 0) {
    return {
      ...{ isEffective: false, isThere: false, isTargetRunning },
      detail: 'no bit of it is wrong',
    };
  }
  const { wrong, unseen } = await count(folder, journal);
  return {
    ...{ isEffective: isHalf(wrong, journal), isThere: true, isTargetRunning },
    detail: `${describe(wrong, journal)}${unseen > 0 ? `; ${unseen} of them are not where they were` : ''}`,
  };
}

/** An act that is not on record has no inode. */
type OrderOrSettings = Pick<CopyOrder, 'folder'> & Partial<CopyOrder>;

/**
 * What is left of the damage, as the very folder says that was damaged: undefined where it has none. Where another one
 * is in its place, or none, why nobody can say.
 */
async function findDamage({
  mark,
  copy,
}: {
  mark: string;
  copy: OrderOrSettings;
}): Promise<Journal | string | undefined> {
  const { folder, inode } = copy;
  const there = await lookAt(folder);
  const path = journalOf({ mark, copy });
  const end = `put back the one that was damaged, or ${howToEnd(path)}`;
  if (there === undefined) return `${folder} is gone: ${end}`;
  const journal = await readJournal(path);
  if (journal?.left.length === 0) return journal;
  const isAnother = inode !== undefined && there.ino !== inode;
  // A file system may have another number after a restart of its host. Its journal tells it from others then.
  if (isAnother || (journal === undefined && isElsewhere(copy, there))) {
    return `${folder} is another folder now: ${end}`;
  }
  if (journal !== undefined || (await isDeclared(folder))) return journal;
  return `${folder} has no file ${markerFile}, and may be another folder: ${end}`;
}

/** Whether a folder of another file system is there, which may have the same inode: that of its root. */
function isElsewhere({ device }: Partial<CopyOrder>, there: Stats): boolean {
  return device !== undefined && there.dev !== device;
}

/** Undefined where no folder is there. */
async function lookAt(folder: string): Promise<Stats | undefined> {
  try {
    const stats = await lstat(folder);
    return stats.isDirectory() ? stats : undefined;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['ENOENT', 'ENOTDIR'].includes(code)) return undefined;
    throw error;
  }
}

async function count(
  folder: string,
  { left }: Journal,
): Promise<{ wrong: number; unseen: number }> {
  const counted = { wrong: 0, unseen: 0 };
  for (const each of byFile(left)) {
    const wrong = await findWrong(folder, each);
    if (wrong === undefined) counted.unseen += each.bytes.length;
    else counted.wrong += wrong.length;
  }
  return counted;
}

/** Of what was asked; less would be another intensity. */
function isHalf(wrong: number, { damaged }: Journal): boolean {
  return wrong > 0 && 2 * wrong >= damaged;
}

function describe(wrong: number, { damaged }: Journal): string {
  return `one bit is wrong in ${wrong} of ${damaged} blocks`;
}

function journalOf({ mark, copy }: { mark: string; copy: Pick<CopyOrder, 'folder'> }): string {
  return join(copy.folder, journalFile(shortMark(mark)));
}

function refuse(refusals: readonly string[]): void {
  if (refusals.length > 0) throw new Error(refusals.join('; '));
}
