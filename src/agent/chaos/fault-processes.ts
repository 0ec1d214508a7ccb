import { readdirSync, readFileSync } from 'node:fs';
import { identify, stopProcess, type ProcessIdentity } from '../../processes/identity.ts';
import { faultVariable } from './order.ts';

export interface FaultProcess {
  pid: number;
  /** Of the fault that started it. */
  mark: string;
}

/** Living processes that a fault has started, of this or of any other run. */
export function findFaultProcesses(): FaultProcess[] {
  return pidsInProc().flatMap((pid) => {
    const mark = markOf(pid);
    return mark === undefined ? [] : [{ pid, mark }];
  });
}

/** Ends all that this fault has started. They leave nothing that could be lost. */
export async function endFaultProcesses(mark: string): Promise<void> {
  for (;;) {
    const own = findFaultProcesses().filter((each) => each.mark === mark);
    const found = await Promise.all(own.map(({ pid }) => identify(pid)));
    const living = found.filter((each): each is ProcessIdentity => each !== undefined);
    if (living.length === 0) return;
    await Promise.all(living.map((identity) => stopProcess(identity, { graceMs: 0 })));
  }
}

function pidsInProc(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function markOf(pid: number): string | undefined {
  try {
    const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    const found = variables.find((each) => each.startsWith(`${faultVariable}=`));
    return found?.slice(faultVariable.length + 1);
  } catch {
    return undefined;
  }
}
