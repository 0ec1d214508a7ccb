/**
 * An agent that watches its server with a lease, as a process that can be killed and frozen. What
 * Temporal would say is in a file. Argument: a LeasedAgentJob.
 */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { unattended } from '../../../src/agent/unattended.ts';
import type { LeasedActivity, LeaseWire } from '../../../src/contracts/recovery/lease-wire.ts';
import { openParts } from './node-world.ts';

export interface LeasedAgentJob {
  name: string;
  settings: Record<string, unknown>;
  stateFolder: string;
  leaseMs: number;
  /** A ScriptedTemporal. */
  temporal: string;
  /** A line for each heartbeat that was accepted. */
  beats: string;
}

export interface ScriptedTemporal {
  answers: boolean;
  /** By the token of the activity; absent: it is open. */
  closed: Record<string, 'ended' | 'timed-out'>;
}

export interface Beat {
  sentMs: number;
  leaseMs?: number;
}

const job = JSON.parse(process.argv[2] ?? '') as LeasedAgentJob;

const temporal = () => JSON.parse(readFileSync(job.temporal, 'utf8')) as ScriptedTemporal;

function wireOf(activity: LeasedActivity): LeaseWire {
  const asked = () => {
    const now = temporal();
    if (!now.answers) throw new Error('Temporal does not answer');
    return now.closed[activity.token];
  };
  return {
    activity,
    beat: async ({ leaseMs }) => {
      if (asked() !== undefined) return 'gone';
      const beat: Beat = { sentMs: Date.now(), ...(leaseMs !== undefined && { leaseMs }) };
      appendFileSync(job.beats, `${JSON.stringify(beat)}\n`);
      return 'accepted';
    },
    howEnded: async () => asked() ?? 'open',
    fail: async () => {
      const now = temporal();
      const closed = { ...now.closed, [activity.token]: 'ended' as const };
      writeFileSync(job.temporal, JSON.stringify({ ...now, closed }));
    },
  };
}

const { name, settings, stateFolder, leaseMs } = job;
const { host, databases, nodes } = await openParts(name, settings, stateFolder);
await nodes.takeUpLeases(wireOf);
const leaving = new AbortController();
process.once('SIGTERM', () => leaving.abort());
const attempt = { ...unattended, leaving: leaving.signal };
const token = `${process.pid}`;
const activity = { token, workflowId: 'watch', runId: 'one', activityId: '1' };
const watching = {
  ...{ contract: 1, agent: name, cluster: 'main', leaseMs },
  ...{ timeoutMs: 500, everyMs: 200, reportAfterMs: 60_000 },
};
await databases
  .watchNode(watching, attempt, () => undefined, wireOf(activity))
  .catch(() => undefined);
await nodes.close();
await host.close();
