import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FenceEvidence } from '../../../src/contracts/recovery/database-node.ts';
import { requireBackupPrograms } from '../../fixtures/backups/find-programs.ts';
import type { ReplicatedNode } from '../../../scripts/archived-postgres/replicated-database.ts';
import { NodeWorld, type AgentOfNode } from './node-world.ts';

const programs = await requireBackupPrograms('failing databases over');
let world: NodeWorld;
let old: AgentOfNode;
let next: AgentOfNode;
let evidence: FenceEvidence;

beforeAll(async () => {
  if (programs === undefined) return;
  world = await NodeWorld.open(programs.postgres);
  [old, next] = world.agents as [AgentOfNode, AgentOfNode];
});

afterAll(async () => {
  if (programs !== undefined) await world.close();
});

/** Writes until it is refused; `acknowledged` grows meanwhile. */
function writeOrders(node: ReplicatedNode) {
  const seen = { acknowledged: 0, lastMs: 0 };
  const ended = (async () => {
    const client = await node.connect();
    for (;;) {
      await client.query("INSERT INTO orders (by) VALUES ('client')");
      seen.acknowledged += 1;
      seen.lastMs = performance.now();
      await sleep(5);
    }
  })().catch(() => undefined);
  return { seen, ended };
}

const recordOf = ({ node }: AgentOfNode) => join(node.dataFolder, 'belay-fence.json');

async function attemptsToWrite(node: ReplicatedNode): Promise<string> {
  const insert = node
    .sql("SET default_transaction_read_only = off; INSERT INTO orders (by) VALUES ('late')")
    .then(
      () => 'written',
      (error: unknown) => (error as Error).message,
    );
  return insert;
}

describe.skipIf(programs === undefined)('a primary that is fenced', () => {
  it('is dead at once under a client that writes, frozen or not, and says where it ended', async () => {
    const client = writeOrders(old.node);
    await sleep(500);
    await old.node.signalAll('SIGSTOP');
    const startedMs = performance.now();
    evidence = await old.fenceNode({ graceMs: 0, step: 10 });
    expect(performance.now() - startedMs).toBeLessThan(20_000);
    await client.ended;
    expect(client.seen.acknowledged).toBeGreaterThan(10);
    const { systemIdentifier } = await next.examineNode();
    expect(evidence).toMatchObject({
      ...{ how: 'killed', agent: 'n1', cluster: 'main', systemIdentifier, timeline: 1 },
      lsn: expect.stringMatching(/^0\/[0-9A-F]+$/) as string,
    });
    expect(evidence.seen.join('\n')).toMatch(/processes of its server were killed/);
    expect(await old.examineNode()).toMatchObject({ state: 'fenced', fence: { how: 'killed' } });
    expect(await old.fenceNode({ graceMs: 0, step: 10 })).toEqual(evidence);
    expect(await old.fenceNode({ graceMs: 0, step: 11 })).toEqual(evidence);
  });

  it('takes no write however it is started', async () => {
    expect((await old.node.start()).exitCode).not.toBe(0);
    expect(await attemptsToWrite(old.node)).not.toBe('written');
    await expect(old.restartNode()).rejects.toThrow('it is fenced');
  });

  it('has a standby that is kept one: a promotion that is pending is ended, and a late one is refused', async () => {
    const { systemIdentifier = '', timeline = 0, receivedLsn = '' } = await next.examineNode();
    const expected = { systemIdentifier, timeline, receivedLsn };
    const late = { fence: evidence, expected, step: 20 };
    await next.node.signalAll('SIGSTOP');
    await expect(next.promoteNode(late)).rejects.toMatchObject({ code: 'unfinished' });
    await next.node.signalAll('SIGCONT');
    const startup = await next.node.pidOf('startup');
    process.kill(startup, 'SIGSTOP');
    await next.node.sql('SELECT pg_promote(false)');
    expect(await next.keepStandby({ step: 21 })).toMatchObject({ state: 'standby', timeline: 1 });
    expect(() => process.kill(startup, 'SIGCONT')).toThrow('ESRCH');
    await expect(next.promoteNode(late)).rejects.toMatchObject({ code: 'stale-fence' });
    await sleep(300);
    expect(await next.examineNode()).toMatchObject({ state: 'standby', timeline: 1 });
  });

  it('is left by its standby, which is promoted only as what it is expected to be', async () => {
    const { systemIdentifier = '', timeline = 0, receivedLsn = '' } = await next.examineNode();
    const expected = { systemIdentifier, timeline, receivedLsn };
    await expect(
      next.promoteNode({
        fence: { ...evidence, systemIdentifier: '1' },
        expected: { systemIdentifier: '1', timeline: 7, receivedLsn: 'F/0' },
      }),
    ).rejects.toThrow(/it follows another primary\n.*not 7\n.*not up to F\/0/);
    const promotion = await next.promoteNode({ fence: evidence, expected, step: 30 });
    expect(promotion).toMatchObject({ timeline: 2 });
    expect(await next.promoteNode({ fence: evidence, expected, step: 30 })).toEqual(promotion);
    // What was received may end with a part of a record, and the timeline forks before that.
    const partial = { ...expected, receivedLsn: 'F/0' };
    expect(await next.promoteNode({ fence: evidence, expected: partial, step: 31 })).toMatchObject({
      timeline: 2,
      lsn: promotion.lsn,
    });
    const row = await next.proveWrites({ nonce: 'a-nonce' });
    expect(row).toMatchObject({ nonce: 'a-nonce', timeline: 2 });
    await expect(next.keepStandby()).rejects.toThrow('is a primary already');
    await next.prepareToLead({ slots: ['n1'] });
    expect(await next.examineNode()).toMatchObject({ state: 'primary', timeline: 2 });
  });

  it('is not unfenced by another run, and comes back by a rewind as a standby that streams', async () => {
    const other = { runRef: 'prod/other/1', step: 10 };
    await expect(old.unfenceNode({ fence: other })).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(
        /^main stays fenced: its fence is that of step 1\d of prod\/shop\/1.* rename .*fenced-by-belay/,
      ) as string,
    });
    await rename(recordOf(old), `${recordOf(old)}.away`);
    await expect(old.unfenceNode({ fence: other })).rejects.toThrow('there is no record');
    await rename(`${recordOf(old)}.away`, recordOf(old));
    expect(await old.examineNode()).toMatchObject({ state: 'fenced' });
    expect(await next.unfenceNode({ fence: other })).toMatchObject({ state: 'primary' });
    const { systemIdentifier = '' } = await next.examineNode();
    const rejoined = await old.rejoinNode({
      ...{ primary: next.address, slot: 'n1', systemIdentifier, method: 'auto' },
    });
    expect(rejoined).toMatchObject({
      method: 'rewind',
      why: expect.stringContaining('not shut down cleanly') as string,
    });
    expect(await old.examineNode()).toMatchObject({
      ...{ state: 'standby', timeline: 2 },
      upstream: { connected: true, slot: 'n1', address: next.address },
    });
    expect(await attemptsToWrite(old.node)).toContain('read-only transaction');
    expect(existsSync(recordOf(old))).toBe(false);
  });

  it('changes places without a loss, is kept from starting, and follows by a start alone', async () => {
    const client = writeOrders(next.node);
    await sleep(300);
    const fence = await next.fenceNode({ graceMs: 10_000, step: 40 });
    await client.ended;
    expect(fence).toMatchObject({ how: 'clean', timeline: 2 });
    const ready = await old.awaitReplay({ lsn: fence.lsn, withinMs: 10_000 });
    const { systemIdentifier = '', timeline = 0, receivedLsn = '' } = ready;
    const expected = { systemIdentifier, timeline, receivedLsn };
    expect(await old.promoteNode({ fence, expected })).toMatchObject({ timeline: 3 });
    const [row] = await old.node.sql<{ count: number }>(
      "SELECT count(*)::int FROM orders WHERE by = 'client'",
    );
    expect(row?.count).toBeGreaterThanOrEqual(client.seen.acknowledged);
    await old.prepareToLead({ slots: ['n2'] });
    const rejoined = await next.rejoinNode({
      ...{ primary: old.address, slot: 'n2', systemIdentifier, method: 'auto' },
      applicationName: 'db-2',
    });
    expect(rejoined).toMatchObject({ method: 'start' });
    expect(await old.examineNode()).toMatchObject({
      replicas: [{ name: 'db-2', slot: 'n2', state: 'streaming' }],
    });
  });

  it('is a primary again once the run that fenced it takes that back, and a late fence is refused', async () => {
    const fence = { runRef: 'prod/shop/1', step: 100 };
    await old.fenceNode({ graceMs: 10_000, step: fence.step });
    expect(await old.unfenceNode({ fence, step: 101 })).toMatchObject({ state: 'primary' });
    await expect(old.fenceNode({ graceMs: 0, step: 99 })).rejects.toMatchObject({
      code: 'stale-fence',
    });
    expect(await old.examineNode()).toMatchObject({ state: 'primary', timeline: 3 });
  });

  it('is fenced once its host is back where it is a primary that others have left behind, and only then', async () => {
    const { systemIdentifier = '' } = await old.examineNode();
    const after = (timeline: number, more: object = {}) => ({
      successor: { systemIdentifier, timeline, ...more },
    });
    expect(await old.fenceFormer(after(3))).toMatchObject({
      undecided: expect.stringContaining(
        'is a primary on timeline 3, which is not older than timeline 3 of its successor',
      ) as string,
    });
    expect(await next.fenceFormer(after(4))).toEqual({ left: 'it is a standby' });
    expect(await old.fenceFormer(after(4, { systemIdentifier: '7' }))).toMatchObject({
      left: expect.stringContaining('is of another cluster') as string,
    });
    expect(await old.examineNode()).toMatchObject({ state: 'primary' });
    expect(await old.fenceFormer(after(4))).toMatchObject({
      fence: { how: 'killed', timeline: 3 },
    });
    expect((await old.node.start()).exitCode).not.toBe(0);
  });
});
