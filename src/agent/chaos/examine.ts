import { accessSync, constants } from 'node:fs';
import type { Leftover, TargetFacts, TargetName } from '../../contracts/chaos/host-faults.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import { showGiven } from '../../specs/kernel/given.ts';
import { offerKnown } from '../../specs/kernel/known-keys.ts';
import type { ChaosSettings, FaultyProcess } from '../../specs/chaos/agent-settings.ts';
import type { HostFault } from '../../specs/chaos/fault.ts';
import type { ActRecord } from '../acts/act-files.ts';
import { findProcess } from './find-process.ts';
import { findFaultProcesses } from './fault-processes.ts';
import { ownGroupOf } from './cpu-group.ts';
import { faultCommand, markOfFault } from './order.ts';
import { readProcess } from './process-facts.ts';
import { refuseProtected } from './protected.ts';

export interface Examined {
  agent: string;
  settings: ChaosSettings | undefined;
  /** Acts of this agent that have not ended. */
  open: readonly ActRecord[];
  /** Absent: what this run has left counts as well. */
  runRef?: string;
}

/** What a fault would hit here, and everything that speaks against it. */
export async function examineTarget(
  { target, fault, durationMs }: { target: TargetName; fault: HostFault; durationMs: number },
  { agent, settings, open, runRef }: Examined,
): Promise<TargetFacts> {
  const none = { what: whatOf(target), leftovers: [] };
  if (settings === undefined) {
    return { ...none, refusals: ['its settings have no chaos: nothing may be hit there'] };
  }
  const process = settings.processes.find(({ name }) => name === target.process);
  const refusals = refuseBySettings(target, fault, durationMs, { settings, process });
  const leftovers = leftoversAbout(target, { agent, open, runRef });
  if (process === undefined) return { ...none, refusals, leftovers };
  const found = await findProcess(process.foundBy);
  if (!found.ok) return { ...none, refusals: [...refusals, found.reason], leftovers };
  const { pid } = found.identity;
  const facts = readProcess(pid);
  const isStopped = facts?.state === 'T';
  return {
    what: `process ${pid} (${facts?.name ?? 'ended'}), found ${found.how}`,
    process: found.identity,
    refusals: [...refusals, ...refuseProcess(pid, fault)],
    leftovers: [
      ...leftovers,
      ...(isStopped && leftovers.length === 0
        ? [{ what: `process ${pid} is stopped; continue it with: kill -CONT ${pid}` }]
        : []),
    ],
  };
}

function whatOf({ process }: TargetName): string {
  return process === undefined ? 'the host' : `process ${process}`;
}

function refuseBySettings(
  target: TargetName,
  { type }: HostFault,
  durationMs: number,
  { settings, process }: { settings: ChaosSettings; process: FaultyProcess | undefined },
): string[] {
  const refusals: string[] = [];
  if (durationMs > settings.longestMs) {
    const longest = formatDuration(settings.longestMs);
    refusals.push(`${formatDuration(durationMs)} is longer than its settings allow, ${longest}`);
  }
  if (target.process !== undefined && process === undefined) {
    const known = settings.processes.map(({ name }) => name);
    const offer = known.length === 0 ? 'there is none' : offerKnown(target.process, known);
    refusals.push(`its settings have no process ${showGiven(target.process)}; ${offer}`);
    return refusals;
  }
  const allowed = process?.faults ?? settings.hostFaults;
  if (!allowed.includes(type)) {
    const may = allowed.length === 0 ? 'nothing' : allowed.join(', ');
    refusals.push(`its settings do not allow ${type} of ${whatOf(target)}; they allow ${may}`);
  }
  return refusals;
}

function refuseProcess(pid: number, fault: HostFault): string[] {
  const refused = refuseProtected(pid);
  if (refused !== undefined) return [`${refused}, which is never hit`];
  if (fault.type === 'cpu') return refuseGroup(pid);
  try {
    process.kill(pid, 0);
    return [];
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    return [
      `the agent may not signal process ${pid} (${code}): it needs the same account, or root`,
    ];
  }
}

function refuseGroup(pid: number): string[] {
  const group = ownGroupOf(pid);
  if (!group.ok) return [`${group.reason}: write host: true to have the host compete`];
  try {
    accessSync(`${group.folder}/cgroup.procs`, constants.W_OK);
    return [];
  } catch {
    return [`the agent may not add a process to ${group.folder}`];
  }
}

/** What is still there of this target, or of an act that nobody knows any more. */
function leftoversAbout(
  { process }: TargetName,
  {
    agent,
    open,
    runRef,
  }: { agent: string; open: readonly ActRecord[]; runRef: string | undefined },
): Leftover[] {
  const acts = open.filter(({ command }) => command.startsWith(faultCommand));
  const about = acts.filter(({ command, act }) => {
    const isAbout = command.endsWith(` ${process ?? 'host'}`);
    return isAbout && act.runRef !== runRef;
  });
  const known = new Set(acts.map(({ act }) => markOfFault(agent, act)));
  const strays = findFaultProcesses().filter(
    ({ mark }) => mark.startsWith(`${agent}/`) && !known.has(mark),
  );
  return [
    ...about.map(({ command, act }) => ({ what: `${command} is not over`, runRef: act.runRef })),
    ...strays.map(({ pid, mark }) => ({
      what: `process ${pid} of a cpu fault; end it with: kill ${pid}`,
      runRef: mark.slice(agent.length + 1, mark.lastIndexOf('/')),
    })),
  ];
}
