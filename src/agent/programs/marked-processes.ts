/** Finding what an act has started, also when nobody wrote down that it had been started. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, stopProcess, type ProcessIdentity } from '../../processes/identity.ts';

/** The variable that everything an act starts inherits. */
export const markVariable = 'BELAY_AGENT_ACT';

const execMs = 5;
const mostReads = 5;
/** On a host that starts processes all the time. */
const mostListings = 50;

/**
 * Living processes with this mark, or with one that begins with it. Nothing where there is no /proc.
 * A process may start another and end before it is read itself: so those are read, too, that have
 * appeared meanwhile, until there are no new ones.
 */
export async function findMarked(mark: string): Promise<ProcessIdentity[]> {
  const found: ProcessIdentity[] = [];
  const read = new Set<number>();
  for (let listing = 0; listing < mostListings; listing += 1) {
    const fresh = pidsInProc().filter((pid) => !read.has(pid));
    if (fresh.length === 0) break;
    for (const pid of fresh) {
      read.add(pid);
      const identity = (await hasMark(pid, mark)) ? await identify(pid) : undefined;
      if (identity) found.push(identity);
    }
  }
  return found;
}

function pidsInProc(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** A program that is just being executed has no variables for a moment: it is asked again. */
async function hasMark(pid: number, mark: string): Promise<boolean> {
  for (let reads = 1; ; reads += 1) {
    const variables = readVariables(pid);
    if (variables !== '') return variables?.includes(`${markVariable}=${mark}`) ?? false;
    if (reads === mostReads || !isProgram(pid)) return false;
    await sleep(execMs);
  }
}

/** Opened and read at once: what is executed in between would be read as empty. */
function readVariables(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return undefined;
  }
}

/** Not a thread of the kernel, and not what is left of a process that has ended. */
function isProgram(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/exe`) !== '';
  } catch {
    return false;
  }
}

/** Ends them, and what they start meanwhile. */
export async function endMarked(mark: string, graceMs: number): Promise<void> {
  for (let round = 0; round < 20; round += 1) {
    const found = await findMarked(mark);
    if (found.length === 0) return;
    await Promise.all(found.map((identity) => stopProcess(identity, { graceMs })));
  }
}
