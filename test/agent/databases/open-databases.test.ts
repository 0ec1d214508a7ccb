import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ActStore } from '../../../src/agent/acts/act-store.ts';
import { createOnce } from '../../../src/agent/acts/once.ts';
import { openDatabases } from '../../../src/agent/databases/open-databases.ts';
import { unattended } from '../../../src/agent/unattended.ts';
import type { DatabaseHost } from '../../../src/contracts/recovery/database-host.ts';
import type { ClusterSettings } from '../../../src/specs/kernel/clusters.ts';

let stateFolder: string;
let done: string[];

beforeEach(async () => {
  stateFolder = await mkdtemp(join(tmpdir(), 'belay-acts-'));
  done = [];
});
afterEach(() => rm(stateFolder, { recursive: true, force: true }));

const cluster: ClusterSettings = {
  ...{ name: 'main', dataFolder: '/data', socketFolder: '/run', port: 5432 },
  ...{ user: 'postgres', database: 'postgres', failover: true },
  replication: {
    ...{ user: 'replicator', database: 'postgres', secrets: {} },
    peers: [{ host: 'db-2', port: 5432 }],
  },
};

function open(settings: ClusterSettings, nodes: Partial<DatabaseHost> = {}): DatabaseHost {
  const work = (name: string) => () => {
    done.push(name);
    return Promise.resolve({ name, at: done.length } as never);
  };
  const every = new Proxy(nodes, {
    get: (given, name: keyof DatabaseHost) => given[name] ?? work(name),
  });
  const once = createOnce(new ActStore(stateFolder));
  return openDatabases({
    ...{ agent: 'db-1', clusters: [settings], once, nodes: every as DatabaseHost },
  });
}

const call = { contract: 1, agent: 'db-1', cluster: 'main' };
const act = (step: number) => ({ ...call, act: { runRef: 'prod/shop/1', step } });
const primary = { host: 'db-2', port: 5432 };

describe('what an agent does with its databases', () => {
  it('is once for each step, also after it was opened again, and never late', async () => {
    const first = await open(cluster).restartNode(act(2), unattended);
    expect(await open(cluster).restartNode(act(2), unattended)).toEqual(first);
    expect(done).toEqual(['restartNode']);
    await expect(
      open(cluster).proveWrites({ ...act(1), nonce: 'x' }, unattended),
    ).rejects.toMatchObject({ code: 'stale-fence' });
    await expect(open(cluster).restartNode(act(2), unattended)).resolves.toEqual(first);
    await expect(
      open(cluster).prepareToLead({ ...act(2), slots: [] }, unattended),
    ).rejects.toMatchObject({ code: 'refused' });
  });

  it('is attached to while it is under way, and is done again where it failed', async () => {
    const fence = vi
      .fn<DatabaseHost['fenceNode']>()
      .mockRejectedValueOnce(new Error('its disk does not answer'))
      .mockImplementation(() => Promise.resolve({ how: 'killed' } as never));
    const databases = open(cluster, { fenceNode: fence });
    const wanted = { ...act(3), graceMs: 0 };
    await expect(databases.fenceNode(wanted, unattended)).rejects.toThrow('disk');
    const [one, other] = await Promise.all([
      databases.fenceNode(wanted, unattended),
      databases.fenceNode(wanted, unattended),
    ]);
    expect(one).toEqual(other);
    expect(fence).toHaveBeenCalledTimes(2);
  });

  it.each([
    {
      interrupted: 'promoteNode' as const,
      begin: (databases: DatabaseHost) =>
        databases.promoteNode(
          {
            ...{ ...act(4), fence: {} as never },
            expected: { systemIdentifier: '7', timeline: 1, receivedLsn: '0/1' },
          },
          unattended,
        ),
      undo: (databases: DatabaseHost) => databases.keepStandby(act(5), unattended),
    },
    {
      interrupted: 'fenceNode' as const,
      begin: (databases: DatabaseHost) =>
        databases.fenceNode({ ...act(4), graceMs: 0 }, unattended),
      undo: (databases: DatabaseHost) =>
        databases.unfenceNode({ ...act(5), fence: act(4).act }, unattended),
    },
  ])(
    'is not done again once its undo was accepted: a late $interrupted is refused',
    async ({ interrupted, begin, undo }) => {
      const carriedOut = vi.fn().mockRejectedValue(new Error('the agent was ended'));
      const nodes = { [interrupted]: carriedOut };
      await expect(begin(open(cluster, nodes))).rejects.toThrow('was ended');
      await undo(open(cluster, nodes));
      await expect(begin(open(cluster, nodes))).rejects.toMatchObject({
        code: 'stale-fence',
        message: 'step 4 is not taken up again: step 5 of the same run was accepted after it',
      });
      expect(carriedOut).toHaveBeenCalledTimes(1);
    },
  );

  it('is done again although the run has gone on with something else of the same host', async () => {
    const fence = vi
      .fn<DatabaseHost['fenceNode']>()
      .mockRejectedValueOnce(new Error('its disk does not answer'))
      .mockResolvedValue({ how: 'killed' } as never);
    const every = { fenceNode: fence, proveWrites: () => Promise.resolve({} as never) };
    const databases = openDatabases({
      ...{ agent: 'db-1', clusters: [cluster, { ...cluster, name: 'other' }] },
      ...{ once: createOnce(new ActStore(stateFolder)), nodes: every as never },
    });
    const fenced = { ...act(4), graceMs: 0 };
    await expect(databases.fenceNode(fenced, unattended)).rejects.toThrow('disk');
    await databases.proveWrites({ ...act(5), cluster: 'other', nonce: 'x' }, unattended);
    await expect(databases.fenceNode(fenced, unattended)).resolves.toEqual({ how: 'killed' });
  });

  it('is not begun where its undo was accepted while it waited for its turn', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const restart = vi.fn(() => held.then(() => ({}) as never));
    const databases = open(cluster, { restartNode: restart });
    const restarted = databases.restartNode(
      { ...call, act: { runRef: 'prod/other/1', step: 1 } },
      unattended,
    );
    await vi.waitFor(() => expect(restart).toHaveBeenCalled(), 20_000);
    const fenced = databases.fenceNode({ ...act(4), graceMs: 0 }, unattended);
    const unfenced = databases.unfenceNode({ ...act(5), fence: act(4).act }, unattended);
    // Both are accepted while the first has the turn.
    await new Promise((resolve) => setTimeout(resolve, 100));
    const late = expect(fenced).rejects.toMatchObject({ code: 'stale-fence' });
    release();
    await Promise.all([restarted, late, unfenced]);
    expect(done).toEqual(['unfenceNode']);
  });

  it('changes nothing where the settings do not allow a failover, and looks all the same', async () => {
    const watched = open({ ...cluster, failover: false });
    await expect(watched.fenceNode({ ...act(1), graceMs: 0 }, unattended)).rejects.toThrow(
      'set clusters.main.failover to true',
    );
    await watched.examineNode(call, unattended);
    expect(done).toEqual(['examineNode']);
  });

  it('is refused for a cluster or a server that the settings do not list', async () => {
    const databases = open(cluster);
    await expect(databases.examineNode({ ...call, cluster: 'mian' }, unattended)).rejects.toThrow(
      'agent db-1 has no cluster "mian"; did you mean "main"?',
    );
    const following = { ...act(1), slot: 'n1', primary: { ...primary, port: 5433 } };
    await expect(databases.followNode(following, unattended)).rejects.toThrow(
      'does not connect to db-2:5433; clusters.main.replication.peers of its settings has: db-2:5432',
    );
    await expect(
      databases.observeNode({ ...call, timeoutMs: 1, peer: { host: 'x', port: 1 } }, unattended),
    ).rejects.toThrow('does not connect to x:1');
    expect(done).toEqual([]);
  });

  it('is one after the other on a cluster', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const fence = vi.fn(() => held.then(() => ({}) as never));
    const databases = open(cluster, { fenceNode: fence });
    const fenced = databases.fenceNode({ ...act(1), graceMs: 0 }, unattended);
    await vi.waitFor(() => expect(fence).toHaveBeenCalled(), 20_000);
    const restarted = databases.restartNode(act(2), unattended);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(done).toEqual([]);
    release();
    await Promise.all([fenced, restarted]);
    expect(done).toEqual(['restartNode']);
  });

  it('leaves a cluster to the Patroni that is in charge of it, and only reads and proves', async () => {
    const url = 'http://127.0.0.1:8008';
    const managed = open({ ...cluster, patroni: { url, secrets: {} } });
    for (const refused of [
      managed.promoteNode({ ...act(1) } as never, unattended),
      managed.fenceNode({ ...act(1), graceMs: 0 }, unattended),
      managed.rejoinNode({ ...act(1) } as never, unattended),
      managed.watchNode({ ...call, leaseMs: 5_000 } as never, unattended, () => undefined),
    ]) {
      await expect(refused).rejects.toThrow('Patroni is in charge of cluster main');
    }
    expect(done).toEqual([]);
    await managed.examineNode(call, unattended);
    await managed.proveWrites({ ...act(2), nonce: 'x' }, unattended);
    expect(done).toEqual(['examineNode', 'proveWrites']);
  });
});
