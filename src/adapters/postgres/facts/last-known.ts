import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import { readControlFile, type ControlFile } from '../host/control-file.ts';
import type { DatabaseNode } from '../node.ts';
import { readServerState, timelineOf, type ServerState } from './server-state.ts';

const positionWithinMs = 200;

export interface LastKnown {
  was: 'primary' | 'standby';
  systemIdentifier: string;
  timeline: number;
  lsn: string;
}

/** What is known of a node, from its server if it answers at once, else from its files. */
export async function readLastKnown(node: DatabaseNode): Promise<LastKnown> {
  const { dataFolder } = node;
  const control = await requireControlFile(node);
  const state = await node.ask(positionWithinMs, readServerState).catch(() => undefined);
  return {
    was: wasStandby(control, state) ? 'standby' : 'primary',
    systemIdentifier: control.systemIdentifier,
    timeline: state ? timelineOf(state) : Math.max(control.timeline, await newestLog(dataFolder)),
    lsn: state?.receivedLsn ?? state?.lsn ?? control.checkpointLsn,
  };
}

export async function requireControlFile({ dataFolder }: DatabaseNode): Promise<ControlFile> {
  const control = await readControlFile(dataFolder).catch(() => undefined);
  if (control) return control;
  throw new AgentError('unfinished', `${dataFolder} has no pg_control that can be read`);
}

/** Not by `standby.signal`: an earlier attempt at a fence may have left it. */
function wasStandby({ state }: ControlFile, server: ServerState | undefined): boolean {
  return server?.standby ?? ['in recovery', 'shut down in recovery'].includes(state);
}

/** The control file of a server that was just promoted still has the old timeline. */
export async function newestLog(dataFolder: string): Promise<number> {
  const names = await readdir(join(dataFolder, 'pg_wal')).catch(() => []);
  const timelines = names
    .filter((name) => /^[0-9A-F]{24}$/.test(name))
    .map((name) => name.slice(0, 8));
  return Math.max(0, ...timelines.map((hex) => Number.parseInt(hex, 16)));
}
