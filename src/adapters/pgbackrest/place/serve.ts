import { setTimeout as sleep } from 'node:timers/promises';
import type { ToolRun, Tools } from '../../../contracts/backups/provider.ts';
import type { ServerAct, StoppedServer } from '../../../contracts/backups/place.ts';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { CommandResult } from '../../../contracts/kernel/agent.ts';
import type { ClusterTools } from '../tool/cluster-tools.ts';
import { describeToolFailure } from '../tool/tool-failure.ts';
import { isServerRunning } from './find-server.ts';

export interface Service {
  /** Of the agent itself: a service is stopped by whoever manages it, not by the account of the cluster. */
  host: Tools;
  tools: ClusterTools;
}

const timeoutMs = 600_000;
const graceMs = 30_000;
const lastProcessMs = 10_000;
const startedBehindMs = 60_000;

/** What counts is that nothing runs any more, not what the command ended with. */
export async function stopServer(
  { host, tools }: Service,
  { act }: ServerAct,
  attempt: Attempt,
): Promise<StoppedServer> {
  const { name } = tools.settings;
  const tool = toolOf(tools, 'stop');
  if (!(await isServerRunning(tools, attempt))) return { wasRunning: false };
  const result = await host.act(act, `stop ${name}`, tool, attempt);
  const deadline = performance.now() + lastProcessMs;
  while (await isServerRunning(tools, attempt)) {
    if (performance.now() > deadline) {
      throw new AgentError('refused', `PostgreSQL of ${name} still runs: ${describe(result)}`);
    }
    await sleep(200);
  }
  return { wasRunning: true };
}

export async function startServer(
  { host, tools }: Service,
  { act }: ServerAct,
  attempt: Attempt,
): Promise<void> {
  const { name } = tools.settings;
  const tool = toolOf(tools, 'start');
  if (await isServerRunning(tools, attempt)) return;
  const result = await host.act(act, `start ${name}`, tool, attempt);
  const withinMs = runsWithinMs(result);
  const deadline = performance.now() + withinMs;
  while (!(await isServerRunning(tools, attempt))) {
    if (performance.now() > deadline) {
      const ended = `${describe(result)}; no server was seen for ${withinMs / 1000}s after it`;
      throw new AgentError('refused', `PostgreSQL of ${name} does not run: ${ended}`);
    }
    await sleep(200);
  }
}

/**
 * A command that succeeds may have left the start to a manager, and a machine that is busy takes its
 * time; one that fails may have given up on a server that is still recovering.
 */
export function runsWithinMs({ ending, exitCode }: CommandResult): number {
  return ending === 'exited' && exitCode === 0 ? startedBehindMs : lastProcessMs;
}

function toolOf({ settings }: ClusterTools, verb: 'start' | 'stop'): ToolRun {
  const { name, [verb]: argv } = settings;
  if (argv === undefined) {
    throw new AgentError('refused', `the settings of the agent have no ${verb} of cluster ${name}`);
  }
  return { argv, environment: { LC_ALL: 'C' }, secrets: {}, timeoutMs, graceMs };
}

function describe({ ending, exitCode, stdout, stderr, reason }: CommandResult): string {
  if (ending !== 'exited') return `its command ${ending}: ${reason ?? stderr}`.trim();
  return `its command: ${describeToolFailure({ exitCode: exitCode ?? -1, stdout, stderr })}`;
}
