import { readFileSync } from 'node:fs';
import { cpuGroupIn, sharedWith } from '../../policies/chaos/cpu-groups.ts';
import { ancestorsOf } from './process-facts.ts';

export type OwnGroup = { ok: true; folder: string } | { ok: false; reason: string };

/** The cgroup in which a process competes for CPUs; refused where the agent would compete in it as well. */
export function ownGroupOf(pid: number): OwnGroup {
  const group = groupOf(pid);
  if (group === undefined) return { ok: false, reason: `process ${pid} has no cgroup of its own` };
  const agents = [process.pid, ...ancestorsOf(process.pid)].map((each) => ({
    pid: each,
    group: groupOf(each),
  }));
  const sharer = sharedWith(group, agents);
  if (sharer === undefined) return { ok: true, folder: `/sys/fs/cgroup${group}` };
  const whose =
    sharer === process.pid ? 'the agent' : `process ${sharer}, under which the agent runs,`;
  return { ok: false, reason: `process ${pid} is in cgroup ${group}, and ${whose} is in it too` };
}

function groupOf(pid: number): string | undefined {
  try {
    return cpuGroupIn(readFileSync(`/proc/${pid}/cgroup`, 'utf8'));
  } catch {
    return undefined;
  }
}
