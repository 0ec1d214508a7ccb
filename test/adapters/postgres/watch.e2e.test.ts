import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { lookAt } from '../../../src/adapters/postgres/sql/look.ts';
import { requireBackupPrograms } from '../../fixtures/backups/find-programs.ts';
import { NodeWorld, openAgent, type AgentOfNode } from './node-world.ts';

const programs = await requireBackupPrograms('watching nodes of databases');
let world: NodeWorld;
let first: AgentOfNode;
let second: AgentOfNode;

beforeAll(async () => {
  if (programs === undefined) return;
  world = await NodeWorld.open(programs.postgres);
  [first, second] = world.agents as [AgentOfNode, AgentOfNode];
});

afterAll(async () => {
  if (programs !== undefined) await world.close();
});

const watching = { timeoutMs: 500, everyMs: 200, reportAfterMs: 1_000 };

describe.skipIf(programs === undefined)('a node of a database', () => {
  it('is examined: what it is, where it is, and who follows it', async () => {
    await second.awaitReplay({ lsn: '0/1', withinMs: 10_000 });
    const primary = await first.examineNode();
    const standby = await second.examineNode();
    expect(primary).toMatchObject({
      ...{ state: 'primary', timeline: 1, rewindable: true, problems: [] },
      replicas: [{ state: 'streaming', slot: 'n2', sync: 'async' }],
      synchronousStandbys: '',
    });
    expect(standby).toMatchObject({
      ...{ state: 'standby', timeline: 1, systemIdentifier: primary.systemIdentifier },
      upstream: { connected: true, slot: 'n2', address: first.address },
    });
  });

  it('says before a failover which rights a rewind would lack, and how to grant them', async () => {
    const call = 'pg_ls_dir(text, boolean, boolean)';
    expect(await first.examineNode()).not.toHaveProperty('missingRights');
    await first.node.sql(`REVOKE EXECUTE ON FUNCTION ${call} FROM replicator`);
    await first.node.sql('REVOKE pg_checkpoint FROM replicator');
    const lacking = {
      missingRights: [
        `role replicator may not execute ${call}: GRANT EXECUTE ON FUNCTION ${call} TO "replicator"`,
        'role replicator lacks pg_checkpoint: GRANT pg_checkpoint TO "replicator"',
      ],
    };
    try {
      expect(await first.examineNode()).toMatchObject({ problems: [], ...lacking });
      await vi.waitFor(
        async () => expect(await second.examineNode()).toMatchObject({ problems: [], ...lacking }),
        10_000,
      );
    } finally {
      await first.node.sql(`GRANT EXECUTE ON FUNCTION ${call} TO replicator`);
      await first.node.sql('GRANT pg_checkpoint TO replicator');
    }
    const stranger = { user: 'absent', peers: ['127.0.0.1:1'] };
    const agent = await openAgent(first.node, { replication: stranger });
    const { missingRights } = await agent.examineNode();
    await agent.close();
    expect(missingRights).toEqual([
      'there is no role absent: CREATE ROLE "absent" LOGIN REPLICATION',
    ]);
  });

  it('is waited for by commits only where none is acknowledged without a standby', async () => {
    const { socketFolder, port } = first.node.settings() as { socketFolder: string; port: number };
    const place = { host: socketFolder, port, user: 'postgres', database: 'postgres' };
    await first.node.sql("ALTER SYSTEM SET synchronous_standby_names = '*'");
    await first.node.sql('SELECT pg_reload_conf()');
    await vi.waitFor(
      async () => expect(await lookAt(place, 1_000)).toMatchObject({ synchronousStandbys: '*' }),
      20_000,
    );
    await first.node.sql("ALTER DATABASE template1 SET synchronous_commit = 'local'");
    expect(await lookAt(place, 1_000)).toMatchObject({ synchronousStandbys: '' });
    await first.node.sql('ALTER DATABASE template1 RESET synchronous_commit');
    await first.node.sql('ALTER SYSTEM RESET synchronous_standby_names');
    await first.node.sql('SELECT pg_reload_conf()');
  });

  it('is seen as accepting where it has no connection left, or refuses ours', async () => {
    const clients = [];
    for (;;) {
      const client = await first.node.connect().catch(() => undefined);
      if (client === undefined) break;
      clients.push(client);
    }
    const own = await first.observeNode({ timeoutMs: 2_000 });
    const peer = await second.observeNode({ timeoutMs: 2_000, peer: first.address });
    const wanted = { primary: second.address, slot: 'n1', systemIdentifier: '1' };
    const rejoined = first.rejoinNode({ ...wanted, method: 'auto' }).catch(String);
    expect(await rejoined).toContain('may be a primary that takes writes: fence it first');
    await Promise.all(clients.map((client) => client.end()));
    expect(own).toMatchObject({ view: 'accepting', isPrimary: true });
    expect(peer).toMatchObject({ view: 'accepting', by: 'n2' });
    expect(own.detail).toContain('no connection left');
    const stranger = await openAgent(first.node, { user: 'daemon' });
    const seen = await stranger.observeNode({ timeoutMs: 2_000 });
    await stranger.close();
    expect(seen).toMatchObject({ view: 'accepting', isPrimary: true });
    expect(seen.detail).toContain('refuses us');
  });

  it('refuses to connect to a server that its settings do not list', async () => {
    await expect(
      first.observeNode({ timeoutMs: 100, peer: { host: '127.0.0.1', port: 1 } }),
    ).rejects.toThrow('agent n1 does not connect to 127.0.0.1:1');
  });

  it('is silent while it is frozen, to its host and to its peer', async () => {
    try {
      await first.node.signalAll('SIGSTOP');
      const frozenMs = performance.now();
      const hurried = await first.examineNode({ answerWithinMs: 300 });
      expect(hurried).toMatchObject({ state: 'unknown', timeline: 1 });
      expect(performance.now() - frozenMs).toBeLessThan(2_000);
      const [own, peer] = await Promise.all([
        first.watchNode(watching),
        second.watchNode({ ...watching, peer: first.address }),
      ]);
      expect(own.view).toBe('silent');
      expect(own.forMs).toBeGreaterThanOrEqual(1_000);
      expect(peer.view).toBe('silent');
    } finally {
      await first.node.signalAll('SIGCONT');
    }
  });

  it('has ended as soon as its process has, which its host reports at once', async () => {
    const { postmaster } = await first.observeNode({ timeoutMs: 2_000 });
    const everyMs = 60_000;
    const watched = first.watchNode({ ...watching, everyMs, reportAfterMs: everyMs });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const killedMs = performance.now();
    process.kill(postmaster?.pid ?? 0, 'SIGKILL');
    const ended = await watched;
    expect(ended).toMatchObject({ view: 'ended', postmaster });
    // It does not wait until it looks again.
    expect(performance.now() - killedMs).toBeLessThan(everyMs / 2);
    expect(await second.observeNode({ timeoutMs: 500, peer: first.address })).toMatchObject({
      view: 'refused',
    });
    expect(await first.restartNode()).toMatchObject({ state: 'primary', timeline: 1 });
  });

  it('is a primary where it takes writes, although its data folder cannot be read', async () => {
    const { dataFolder } = first.node;
    const away = `${dataFolder}-away`;
    await rename(dataFolder, away);
    try {
      expect(await first.examineNode()).toMatchObject({
        ...{
          state: 'primary',
          problems: expect.arrayContaining([expect.stringContaining('ENOENT')]),
        },
        detail: expect.stringMatching(/^takes writes, and .* cannot be read/),
      });
      await mkdir(dataFolder, { mode: 0o755 });
      expect(await first.examineNode()).toMatchObject({ state: 'primary' });
      const wanted = { primary: second.address, slot: 'n1', systemIdentifier: '1' };
      await expect(first.rejoinNode({ ...wanted, method: 'auto' })).rejects.toThrow(
        'is a primary that runs: fence it first',
      );
    } finally {
      await rm(dataFolder, { recursive: true, force: true });
      await rename(away, dataFolder);
    }
    expect(await first.examineNode()).toMatchObject({ state: 'primary', timeline: 1 });
  });

  it('is unknown where its data folder cannot be read, and its host does not say that it ended', async () => {
    const { dataFolder } = second.node;
    const away = `${dataFolder}-away`;
    await rename(dataFolder, away);
    try {
      const gone = await second.examineNode();
      expect(gone).toMatchObject({ state: 'unknown', detail: expect.stringContaining('ENOENT') });
      expect(await second.observeNode({ timeoutMs: 2_000 })).toMatchObject({ view: 'accepting' });
      await mkdir(dataFolder, { mode: 0o755 });
      const empty = await second.examineNode();
      expect(empty).toMatchObject({
        state: 'unknown',
        detail: expect.stringMatching(/cannot be read \(could not open file/),
      });
    } finally {
      await rm(dataFolder, { recursive: true, force: true });
      await rename(away, dataFolder);
    }
    expect(await second.examineNode()).toMatchObject({ state: 'standby' });
    process.kill((await second.observeNode({ timeoutMs: 2_000 })).postmaster?.pid ?? 0, 'SIGQUIT');
    await vi.waitFor(
      async () =>
        expect(await second.observeNode({ timeoutMs: 2_000 })).toMatchObject({ view: 'ended' }),
      10_000,
    );
    await vi.waitFor(
      async () => expect(await second.examineNode()).toMatchObject({ state: 'stopped' }),
      10_000,
    );
    const control = join(dataFolder, 'global', 'pg_control');
    await rename(control, `${control}-away`);
    await mkdir(control);
    try {
      const unread = await second.examineNode();
      expect(unread).toMatchObject({ state: 'unknown', detail: expect.stringContaining('EISDIR') });
      const seen = await second.watchNode({ timeoutMs: 500, everyMs: 200, reportAfterMs: 1_000 });
      expect(seen).toMatchObject({ view: 'refused', detail: 'nobody listens' });
      expect(seen.forMs).toBeGreaterThanOrEqual(1_000);
    } finally {
      await rm(control, { recursive: true });
      await rename(`${control}-away`, control);
    }
    expect(await second.examineNode()).toMatchObject({ state: 'stopped' });
  });
});
