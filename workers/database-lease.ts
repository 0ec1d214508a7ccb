/**
 * The process that keeps the leases of one database server. It outlives the agent, and fences the
 * server once nobody has extended a lease in time.
 */
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fenceExpired } from '../src/adapters/postgres/acts/fence-node.ts';
import { leaseFolder } from '../src/adapters/postgres/lease/holders.ts';
import { keepLeases } from '../src/adapters/postgres/lease/keep-leases.ts';
import type { KeeperJob } from '../src/adapters/postgres/lease/keeper-job.ts';
import { DatabaseNode } from '../src/adapters/postgres/node.ts';
import { createReads } from '../src/agent/tools/create-tools.ts';
import { unattended } from '../src/agent/unattended.ts';
import { identifySelf } from '../src/processes/identity.ts';
import { lockFile } from '../src/processes/lock-file.ts';

/** Ends by itself; what a terminal or a stopping session sends is not meant for it. */
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);

const job = JSON.parse(await text(process.stdin)) as KeeperJob;
const folder = leaseFolder(job.stateFolder);
const lock = await lockFile(
  join(folder, 'keeper.lock'),
  ({ pid }) => new Error(`process ${pid} keeps the leases of ${job.settings.dataFolder} already`),
);
try {
  await keep(job);
} finally {
  await lock.release();
}

async function keep({ agent, settings, stateFolder }: KeeperJob): Promise<void> {
  await spareFromMemoryShortage();
  // Not what the next agent takes for something that an earlier one has left.
  const tools = createReads(`lease-${randomUUID()}`);
  const node = new DatabaseNode({ agent, settings, tools, stateFolder });
  await keepLeases({
    ...{ folder, self: await identifySelf() },
    fence: async ({ leaseMs }) => {
      await fenceExpired(node, `no heartbeat was accepted for ${leaseMs} ms`, unattended);
    },
    onError: (error) => {
      console.error(new Date().toISOString(), error);
    },
  });
}

/** Only root may. */
async function spareFromMemoryShortage(): Promise<void> {
  await writeFile('/proc/self/oom_score_adj', '-1000').catch(() => undefined);
}
