import { readFileSync } from 'node:fs';
import { groupIn, sharedWith, type Controller } from '../../policies/chaos/control-groups.ts';
import { ancestorsOf } from './process-facts.ts';

export type OwnGroup = { ok: true; folder: string } | { ok: false; reason: string };

/** The cgroup in which a process competes for this; refused where the agent would compete in it as well. */
export function ownGroupOf(pid: number, controller: Controller): OwnGroup {
  const group = groupOf(pid, controller);
  if (group === undefined) return { ok: false, reason: `process ${pid} has no cgroup of its own` };
  const agents = [process.pid, ...ancestorsOf(process.pid)].map((each) => ({
    pid: each,
    group: groupOf(each, controller),
  }));
  const sharer = sharedWith(group, agents);
  if (sharer === undefined) return { ok: true, folder: `/sys/fs/cgroup${group}` };
  const whose =
    sharer === process.pid ? 'the agent' : `process ${sharer}, under which the agent runs,`;
  return { ok: false, reason: `process ${pid} is in cgroup ${group}, and ${whose} is in it too` };
}

function groupOf(pid: number, controller: Controller): string | undefined {
  try {
    return groupIn(readFileSync(`/proc/${pid}/cgroup`, 'utf8'), controller);
  } catch {
    return undefined;
  }
}
