/** Finding what an act has started, also when nobody wrote down that it had been started. */
import { readdir, readFile } from 'node:fs/promises';
import { identify, stopProcess, type ProcessIdentity } from '../../processes/identity.ts';

/** The variable that everything an act starts inherits. */
export const markVariable = 'BELAY_AGENT_ACT';

/** Living processes with this mark, or with one that begins with it. Nothing where there is no /proc. */
export async function findMarked(mark: string): Promise<ProcessIdentity[]> {
  const names = await readdir('/proc').catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid) => ((await hasMark(pid, mark)) ? identify(pid) : undefined)),
  );
  return found.filter((identity) => identity !== undefined);
}

async function hasMark(pid: number, mark: string): Promise<boolean> {
  const variables = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  return variables.includes(`${markVariable}=${mark}`);
}

/** Ends them, and what they start meanwhile. */
export async function endMarked(mark: string, graceMs: number): Promise<void> {
  for (let round = 0; round < 20; round += 1) {
    const found = await findMarked(mark);
    if (found.length === 0) return;
    await Promise.all(found.map((identity) => stopProcess(identity, { graceMs })));
  }
}
