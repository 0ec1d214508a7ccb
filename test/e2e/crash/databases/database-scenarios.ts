import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { RunReport } from '../../../../src/contracts/kernel/report.ts';
import type { RunStatus } from '../../../../src/contracts/kernel/run.ts';
import { statusQuery } from '../../../../src/contracts/kernel/messages.ts';
import type { ReplicatedNode } from '../../../../scripts/archived-postgres/replicated-database.ts';
import { eventually } from '../../../fixtures/eventually.ts';
import { endsWithinMs, resultOf, watchEnd } from '../run-story.ts';
import type { DatabaseSite, SiteKind } from './database-site.ts';
import { regionScenarios } from './region-scenarios.ts';

/** The nodes by what they are when a run begins. */
export interface Roles {
  former: ReplicatedNode;
  next: ReplicatedNode;
}

/** One run about a database, the people around it, and what happens to its servers. */
export interface DatabaseScenario {
  name: string;
  kind: SiteKind;
  nodes: number;
  /** Clients go through a pooler. */
  routed?: true;
  /** A service moves with it, from one cluster to another. */
  regions?: true;
  plan?: object;
  /** Clients write meanwhile, at every node. */
  writers?: true;
  /** Who is the primary in the end. */
  leads: keyof Roles;
  /** What comes before the run. */
  prepare?(site: DatabaseSite, roles: Roles): Promise<void>;
  /** Its spec beyond its plan. */
  spec?(roles: Roles): object;
  /** The whole of its spec, where that is not a plan of the database and a few words. */
  order?(site: DatabaseSite, roles: Roles): object;
  /** What people and servers do while it runs; absent: nothing. */
  meanwhile?(run: WorkflowHandle, roles: Roles, story: Promise<RunReport>): Promise<void>;
}

export const databaseScenarios: readonly DatabaseScenario[] = [
  {
    ...{ name: 'failover', kind: 'failover', nodes: 3, routed: true, writers: true },
    leads: 'next',
    prepare: killWhileOneIsAhead,
    spec: ({ next }) => ({ to: next.name }),
  },
  {
    ...{ name: 'approvedFailover', kind: 'failover', nodes: 2, leads: 'next' },
    plan: { maxLoss: { bytes: 0, time: 0 } },
    prepare: loseSomeLog,
    meanwhile: approveLoss,
  },
  {
    ...{ name: 'switchover', kind: 'switchover', nodes: 2, routed: true, writers: true },
    leads: 'next',
    spec: ({ next }) => ({ to: next.name }),
  },
  {
    ...{ name: 'rejoin', kind: 'rejoin', nodes: 2, leads: 'next' },
    prepare: async (site, roles) => {
      await loseSomeLog(site, roles);
      const plan = site.plan({ rejoin: 'never' });
      await resultOf(await site.start('failover', { kind: 'failover', plan }), 'failover');
    },
    spec: ({ former }) => ({ node: former.name }),
  },
  {
    ...{ name: 'databaseWatch', kind: 'databaseWatch', nodes: 2, routed: true, writers: true },
    leads: 'next',
    meanwhile: watchThrough,
  },
  {
    ...{ name: 'leasedWatch', kind: 'databaseWatch', nodes: 2, leads: 'next', writers: true },
    plan: { lease: '10s', confirmFor: '12s' },
    meanwhile: watchThrough,
  },
  ...regionScenarios,
];

/** Only of a loss: that a host is off is not true. */
async function approveLoss(
  run: WorkflowHandle,
  _: Roles,
  story: Promise<RunReport>,
): Promise<void> {
  const hasEnded = watchEnd(story);
  while (!hasEnded()) {
    const status = await run.query<RunStatus>(statusQuery).catch(() => undefined);
    if (status?.phase === 'awaiting-approval' && status.now.includes('would be lost')) {
      await run.signal('approve', { by: 'ana' });
      return;
    }
    await sleep(100);
  }
}

/** Among several standbys, the one that is to be next has received most. */
async function killWhileOneIsAhead(site: DatabaseSite, { former, next }: Roles): Promise<void> {
  const others = site.nodes.filter((node) => node !== former && node !== next);
  for (const node of others) process.kill(await node.pidOf('walreceiver'), 'SIGSTOP');
  await sleep(200);
  await former.signalAll('SIGKILL');
  for (const node of others) await node.signalAll('SIGCONT');
}

/** The standby has not received the last rows when the primary is killed. */
async function loseSomeLog(_: DatabaseSite, { former }: Roles): Promise<void> {
  for (const pid of await former.pidsOf('walsender')) process.kill(pid, 'SIGSTOP');
  await former.sql("INSERT INTO orders (by) SELECT 'lost' FROM generate_series(1, 1000)");
  await former.signalAll('SIGKILL');
}

/** The primary is killed under a watch, which fails over, and is stopped then. */
async function watchThrough(
  run: WorkflowHandle,
  { former, next }: Roles,
  story: Promise<RunReport>,
): Promise<void> {
  const until = (node: ReplicatedNode) =>
    eventually(async () => {
      const ended = await Promise.race([story, sleep(0)]);
      if (ended) throw new Error(`the watch is over: ${ended.reason}`);
      const { phase, now } = await run.query<RunStatus>(statusQuery);
      if (phase !== 'working' || !now.startsWith(`Watching ${node.name}`)) {
        throw new Error(`${phase}: ${now}`);
      }
    }, endsWithinMs / 4);
  await until(former);
  // Until everybody looks.
  await sleep(1_500);
  await former.signalAll('SIGKILL');
  await until(next);
  await run.signal('abort', { by: 'ana' });
}
