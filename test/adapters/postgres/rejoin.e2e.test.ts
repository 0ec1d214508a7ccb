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

/** The programs, with another pg_rewind; its first argument is the real one. */
async function withRewind(folder: string, real: string, script: string): Promise<string> {
  await mkdir(folder, { mode: 0o755 });
  for (const name of await readdir(real)) {
    if (name !== 'pg_rewind') await symlink(join(real, name), join(folder, name));
  }
  const path = join(folder, 'pg_rewind');
  await writeFile(path, `#!/bin/sh\nset -- ${join(real, 'pg_rewind')} "$@"\n${script}\n`);
  await chmod(path, 0o755);
  return folder;
}

const killedOnItsWay = '"$@" &\nsleep 0.1\nkill -9 $!\nexit 137';

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
    const folder = join(world.database.folder, 'programs');
    const gated = await withRewind(folder, programs?.postgres ?? '', killedOnItsWay);
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

describe.skipIf(programs === undefined)('a rewind whose source goes away', () => {
  /** The primary is killed when its first page has been asked for: pg_rewind finds that out by itself. */
  const losingItsSource = (dataFolder: string) =>
    ['"$@" &', 'sleep 0.05', 'kill -STOP $!', `kill -9 $(head -1 ${dataFolder}/postmaster.pid)`]
      .concat(['kill -CONT $!', 'wait $!'])
      .join('\n');

  it('leaves a folder that is neither started nor copied over, and is done again with the source', async () => {
    const { systemIdentifier: identifier = '' } = await next.examineNode();
    const [primary, former] = [old, next];
    // They change places, and the former primary has log that nobody else has.
    await primary.node.signalAll('SIGSTOP');
    await former.node.sql("INSERT INTO orders (by) SELECT 'gone' FROM generate_series(1, 200000)");
    const fence = await former.fenceNode({ graceMs: 0 });
    await primary.node.signalAll('SIGCONT');
    const { timeline = 0, receivedLsn = '' } = await primary.examineNode();
    const expected = { systemIdentifier: identifier, timeline, receivedLsn };
    await primary.promoteNode({ fence, expected });
    await primary.node.sql("INSERT INTO orders (by) SELECT 'kept' FROM generate_series(1, 20000)");
    const folder = join(world.database.folder, 'programs-without-source');
    const script = losingItsSource(primary.node.dataFolder);
    await former.reopen({ programs: await withRewind(folder, programs?.postgres ?? '', script) });
    const wanted = { primary: primary.address, slot: 'n2', systemIdentifier: identifier };
    await expect(former.rejoinNode({ ...wanted, method: 'auto' })).rejects.toThrow();
    await former.reopen();
    expect(await former.examineNode()).toMatchObject({ state: 'unusable' });
    expect(await startInEveryWay(former.node)).toEqual([]);
    const beside = await readdir(dirname(former.node.dataFolder));
    expect(beside.filter((name) => name.startsWith('data.before-'))).toEqual([]);
    expect(await primary.restartNode()).toMatchObject({ state: 'primary' });
    const rejoined = await former.rejoinNode({ ...wanted, method: 'auto' });
    expect(['rewind', 'copy']).toContain(rejoined.method);
    expect(await primary.examineNode()).toMatchObject({
      replicas: [{ slot: 'n2', state: 'streaming' }],
    });
    const rows = await former.node.sql<{ by: string }>(
      "SELECT DISTINCT by FROM orders WHERE by IN ('gone', 'kept') ORDER BY by",
    );
    expect(rows).toEqual([{ by: 'kept' }]);
  });
});
