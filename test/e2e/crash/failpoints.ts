import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a worker does at the one place it was given: end by SIGKILL, or wait for leave to go on. */
export type AtItsPlace = 'die' | 'halt';

export interface Trap {
  /** Where the marks below are left for whoever set the trap. */
  folder: string;
  /** Absent: nothing is done anywhere, the places are only listed. */
  place?: string;
  then?: AtItsPlace;
}

/** Where a trap of a process that lives longer than one trial is written, and removed. */
export function readTrap(file: string): Trap | undefined {
  if (!existsSync(file)) return undefined;
  return JSON.parse(readFileSync(file, 'utf8')) as Trap;
}

/** Every place passed, one per line, in order. */
export const passedFile = (folder: string) => join(folder, 'passed');
/** Which acts have which names, in order. */
const namedFile = (folder: string) => join(folder, 'named');
/** There, on disk, before anything else happens at the place. */
export const reachedFile = (folder: string) => join(folder, 'reached');
const releasedFile = (folder: string) => join(folder, 'released');

/** By whoever has set the trap: what halts at that place may go on. */
export function release(folder: string, place: string): Promise<void> {
  return writeFile(releasedFile(folder), place);
}

function isReleased(folder: string, place: string): boolean {
  const file = releasedFile(folder);
  return existsSync(file) && readFileSync(file, 'utf8') === place;
}

/**
 * The places of one worker process where it can be struck. The same rollout passes the same
 * places in every undisturbed run, so they are known by name: `setWeight#2:after`.
 */
export class Failpoints {
  private readonly find: () => Trap | undefined;
  private readonly known = new Map<string, string[]>();
  private folder: string | undefined;

  /** `find` returns the trap that is set now: a process may go from one to the next. */
  constructor(find: () => Trap | undefined) {
    this.find = find;
  }

  /** The name of one of several of a kind, in order of appearance; an act tried again keeps its name. */
  name(kind: string, id: string): string {
    const folder = this.find()?.folder;
    if (folder !== this.folder) this.#begin(folder);
    const ids = this.known.get(kind) ?? [];
    if (!ids.includes(id)) {
      ids.push(id);
      this.known.set(kind, ids);
      if (folder !== undefined) leaveMark(namedFile(folder), `${JSON.stringify([kind, id])}\n`);
    }
    return `${kind}#${ids.indexOf(id) + 1}`;
  }

  /** With the names that were given before this process was started again. */
  #begin(folder: string | undefined): void {
    this.folder = folder;
    this.known.clear();
    if (folder === undefined || !existsSync(namedFile(folder))) return;
    for (const line of readFileSync(namedFile(folder), 'utf8').split('\n')) {
      if (line === '') continue;
      const [kind, id] = JSON.parse(line) as [string, string];
      this.known.set(kind, [...(this.known.get(kind) ?? []), id]);
    }
  }

  async reach(place: string): Promise<void> {
    const isIt = this.pass(place);
    const trap = this.find();
    if (!isIt || trap?.then !== 'halt') return;
    while (!isReleased(trap.folder, place)) await sleep(20);
  }

  /**
   * Whether it is the place of the trap, which goes off once. For a place at which nothing can wait:
   * there, a worker that is to halt goes on.
   */
  pass(place: string): boolean {
    const trap = this.find();
    if (trap === undefined) return false;
    const { folder, then } = trap;
    leaveMark(passedFile(folder), `${place}\n`);
    if (place !== trap.place || existsSync(reachedFile(folder))) return false;
    leaveMark(reachedFile(folder), `${place}\n`);
    if (then === 'die') process.kill(process.pid, 'SIGKILL');
    return true;
  }
}

function leaveMark(path: string, text: string): void {
  const file = openSync(path, 'a');
  writeSync(file, text);
  fsyncSync(file);
  closeSync(file);
}
