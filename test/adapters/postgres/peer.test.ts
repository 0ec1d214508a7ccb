import { expect, test } from 'vitest';
import { DatabaseNode } from '../../../src/adapters/postgres/node.ts';
import { freePort } from '../../../src/embedded/ports.ts';

test('a peer that nobody reaches leaves the act unfinished, and says what to see to', async () => {
  const peer = { host: '127.0.0.1', port: await freePort() };
  const node = new DatabaseNode({
    ...{ agent: 'db-1', stateFolder: '/state', tools: {} as never },
    settings: {
      ...{ name: 'main', dataFolder: '/data', socketFolder: '/run', port: 5432 },
      ...{ user: 'postgres', database: 'postgres', failover: true },
      replication: {
        ...{ user: 'replicator', database: 'postgres', secrets: {}, peers: [peer] },
      },
    },
  });
  await expect(node.askPeer(peer, 2_000, () => Promise.resolve())).rejects.toMatchObject({
    code: 'unfinished',
    message: `127.0.0.1:${peer.port} cannot be connected to: connect ECONNREFUSED 127.0.0.1:${peer.port}. See that it runs`,
  });
});
