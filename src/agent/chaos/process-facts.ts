/** What the kernel says of a process, read from /proc. */
import { readFileSync } from 'node:fs';

export interface ProcessFacts {
  pid: number;
  /** The name of its program, as the kernel shortens it. */
  name: string;
  /** `T`: stopped. */
  state: string;
  parent: number;
  /** In ticks of 10 ms. */
  cpuTicks: number;
  /** Since the host was started, in the same ticks. */
  startTicks: number;
}

const tickMs = 10;

/** Undefined where it has ended, zombies included, or there is no /proc. */
export function readProcess(pid: number): ProcessFacts | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The name, in parentheses, may itself hold spaces and parentheses.
  const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state = ''] = fields;
  if (state === 'Z' || state === 'X' || state === '') return undefined;
  const number = (index: number) => Number(fields[index] ?? 0);
  return {
    ...{ pid, name, state, parent: number(1) },
    ...{ cpuTicks: number(11) + number(12), startTicks: number(19) },
  };
}

/** By the clock of today. Undefined where it has ended. */
export function startedAtMs(pid: number): number | undefined {
  const ticks = readProcess(pid)?.startTicks;
  const own = readProcess(process.pid)?.startTicks;
  if (ticks === undefined || own === undefined) return undefined;
  // Either is too short for some hosts: a container may count its own time, a machine that slept its waking time.
  const byUptime = uptimeMs() - ticks * tickMs;
  const byThisProcess = performance.now() + (own - ticks) * tickMs;
  return Date.now() - Math.max(byUptime, byThisProcess);
}

function uptimeMs(): number {
  const [seconds] = readFileSync('/proc/uptime', 'utf8').split(' ');
  return Number(seconds) * 1_000;
}

/** From the parent of a process up to the first one. */
export function ancestorsOf(pid: number): number[] {
  const found: number[] = [];
  for (let next = readProcess(pid)?.parent ?? 0; next > 0; next = readProcess(next)?.parent ?? 0) {
    if (found.includes(next)) break;
    found.push(next);
  }
  return found;
}
