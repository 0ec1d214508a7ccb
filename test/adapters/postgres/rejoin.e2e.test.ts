import { chmod, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listServerProcesses } from '../../../src/adapters/postgres/host/server-processes.ts';
import { unattended } from '../../../src/agent/unattended.ts';
import type { FenceEvidence } from '../../../src/contracts/recovery/database-node.ts';
import { requireBackupPrograms } from '../../fixtures/backups/find-programs.ts';
import { startInEveryWay } from './start-by-hand.ts';
import { NodeWorld, type AgentOfNode } from './node-world.ts';

const programs = await requireBackupPrograms('rejoining nodes of databases');
let world: NodeWorld;
let old: AgentOfNode;
let next: AgentOfNode;
let evidence: FenceEvidence;
let systemIdentifier = '';

beforeAll(async () => {
  if (programs === undefined) return;
  world = await NodeWorld.open(programs.postgres);
  [old, next] = world.agents as [AgentOfNode, AgentOfNode];
});

afterAll(async () => {
  if (programs !== undefined) await world.close();
});

/** The programs, but for a pg_rewind that is killed on its way. */
async function withKilledRewind(folder: string, real: string): Promise<string> {
  const gated = join(folder, 'programs');
  await mkdir(gated, { mode: 0o755 });
  for (const name of await readdir(real)) {
    if (name !== 'pg_rewind') await symlink(join(real, name), join(gated, name));
  }
  const script = `#!/bin/sh\n${join(real, 'pg_rewind')} "$@" &\nsleep 0.1\nkill -9 $!\nexit 137\n`;
  await writeFile(join(gated, 'pg_rewind'), script);
  await chmod(join(gated, 'pg_rewind'), 0o755);
  return gated;
}

describe.skipIf(programs === undefined)('a primary whose postmaster alone was killed', () => {
  it('has a backend that goes on committing, which the fence ends', async () => {
    // So much that replaying it takes a while.
    await old.node.sql("INSERT INTO orders (by) SELECT 'old' FROM generate_series(1, 200000)");
    await old.node.sql(`CREATE PROCEDURE spin() LANGUAGE plpgsql AS $$ BEGIN
      LOOP INSERT INTO orders (by) VALUES ('spin'); COMMIT; END LOOP; END $$`);
    const client = await old.node.connect();
    const spun = client.query('CALL spin()').catch(() => undefined);
    await sleep(300);
    const { postmaster } = await old.observeNode({ timeoutMs: 2_000 });
    process.kill(postmaster?.pid ?? 0, 'SIGKILL');
    await sleep(200);
    expect(await old.observeNode({ timeoutMs: 500 })).toMatchObject({ view: 'ended' });
    expect((await listServerProcesses(old.node.dataFolder)).length).toBeGreaterThan(0);
    evidence = await old.fenceNode({ graceMs: 10_000 });
    await spun;
    expect(evidence).toMatchObject({ how: 'killed' });
    expect(await listServerProcesses(old.node.dataFolder)).toEqual([]);
    expect(await old.examineNode()).toMatchObject({ state: 'fenced' });
  });

  it('is not started as a primary, by whatever, and however often', async () => {
    expect(await startInEveryWay(old.node)).toEqual([]);
    expect(await old.examineNode()).toMatchObject({ state: 'fenced' });
  });
});

describe.skipIf(programs === undefined)('a rewind that is killed on its way', () => {
  it('leaves a folder that nobody can start, and is done again', async () => {
    const facts = await next.examineNode();
    systemIdentifier = facts.systemIdentifier ?? '';
    const { timeline = 0, receivedLsn = '' } = facts;
    const expected = { systemIdentifier, timeline, receivedLsn };
    await next.promoteNode({ fence: evidence, expected });
    // An hour later is as a moment later: the new primary takes writes already.
    expect(await startInEveryWay(old.node)).toEqual([]);
    await next.node.sql("INSERT INTO orders (by) SELECT 'new' FROM generate_series(1, 20000)");
    const gated = await withKilledRewind(world.database.folder, programs?.postgres ?? '');
    const wanted = { primary: next.address, slot: 'n1', systemIdentifier };
    const { host, port } = next.address;
    await old.reopen({ replication: { user: 'absent', peers: [`${host}:${port}`] } });
    await expect(old.rejoinNode({ ...wanted, method: 'auto' })).rejects.toMatchObject({
      code: 'unfinished',
      message: expect.stringMatching(
        /refuses the connection: .*"absent".* See its pg_hba/,
      ) as string,
    });
    await old.reopen({ programs: gated });
    await expect(old.rejoinNode({ ...wanted, method: 'rewind' })).rejects.toThrow(
      'a rewind is not enough',
    );
    expect(await old.examineNode()).toMatchObject({ state: 'unusable' });
    await old.reopen();
    expect(await startInEveryWay(old.node)).toEqual([]);
    await expect(old.restartNode()).rejects.toThrow('it is unusable');
    // Another agent takes up what the first is told to leave.
    const leaving = new AbortController();
    setTimeout(() => leaving.abort(), 100);
    const attempt = { ...unattended, leaving: leaving.signal };
    const cut = old.rejoinNode({ ...wanted, method: 'auto', step: 50 }, attempt);
    await cut.catch(() => undefined);
    await old.reopen();
    const rejoined = await old.rejoinNode({ ...wanted, method: 'auto', step: 50 });
    // A rewind that was killed may have taken away what the next one needs to read.
    expect(['rewind', 'copy']).toContain(rejoined.method);
    expect(await next.examineNode()).toMatchObject({
      replicas: [{ slot: 'n1', state: 'streaming' }],
    });
    const [row] = await old.node.sql<{ count: number }>(
      "SELECT count(*)::int FROM orders WHERE by = 'new'",
    );
    expect(row?.count).toBe(20_000);
  });

  it('can be a copy, for which the old folder is kept, and cannot be started', async () => {
    await old.fenceNode({ graceMs: 5_000 });
    const wanted = { primary: next.address, slot: 'n1', systemIdentifier };
    await expect(
      old.rejoinNode({ ...wanted, systemIdentifier: '1', method: 'copy' }),
    ).rejects.toThrow(`is database ${systemIdentifier}, not 1`);
    expect(await old.rejoinNode({ ...wanted, method: 'copy' })).toMatchObject({ method: 'copy' });
    const beside = await readdir(dirname(old.node.dataFolder));
    const kept = beside.find((name) => name.startsWith('data.before-')) ?? '';
    const started = await old.node.tool(
      ...(['pg_ctl', '-D', join(old.node.folder, kept), '-w', '-t', '5'] as const),
      ...['-l', join(old.node.folder, 'kept.log'), 'start'],
    );
    expect(started.exitCode).not.toBe(0);
    expect(await old.examineNode()).toMatchObject({
      ...{ state: 'standby', timeline: 2 },
      upstream: { connected: true, slot: 'n1' },
    });
  });
});
