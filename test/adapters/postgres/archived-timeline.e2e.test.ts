import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ArchivedCluster } from '../../../scripts/archived-postgres/archived-cluster.ts';
import { unattended } from '../../../src/agent/unattended.ts';
import type { Promotion } from '../../../src/contracts/recovery/database-node.ts';
import { requireBackupPrograms } from '../../fixtures/backups/find-programs.ts';
import { openParts } from './node-world.ts';

const programs = await requireBackupPrograms('promoting a standby whose timeline is archived');
let cluster: ArchivedCluster;
let standby: { dataFolder: string; port: number };
let agent: Awaited<ReturnType<typeof openParts>>;
let stateFolder: string;
let step = 0;

beforeAll(async () => {
  if (programs === undefined) return;
  cluster = await ArchivedCluster.start(programs);
  standby = await cluster.addStandby();
  stateFolder = await mkdtemp(join(tmpdir(), 'belay-agent-'));
  agent = await openParts('db-2', { ...cluster.settings(), ...standby }, stateFolder);
  await cluster.killServer();
});

afterAll(async () => {
  if (programs === undefined) return;
  await agent.host.close();
  await cluster.close();
  await rm(stateFolder, { recursive: true, force: true });
});

const about = { contract: 1, agent: 'db-2', cluster: 'main' };

async function promote(): Promise<Promotion> {
  const { host } = agent.nodes;
  const facts = await host.examineNode(about, unattended);
  const { systemIdentifier = '', timeline = 0, receivedLsn = '' } = facts;
  const fence = {
    ...{ agent: 'db-1', cluster: 'main', systemIdentifier, timeline, lsn: '' },
    ...{ how: 'killed' as const, by: 'db-1', atMs: Date.now(), seen: [] },
  };
  step += 1;
  const expected = { systemIdentifier, timeline, receivedLsn };
  const act = { runRef: 'prod/shop/1', step };
  return host.promoteNode({ ...about, act, fence, expected }, unattended);
}

async function isStandby(): Promise<boolean> {
  const [row] = await cluster.sql<{ is: boolean }>('SELECT pg_is_in_recovery() AS is', {
    port: standby.port,
  });
  return row?.is === true;
}

/** As the archive of one that was promoted before, and has died since. */
async function archive(name: string): Promise<() => Promise<void>> {
  const stanza = join(cluster.repositoryFolder('offsite'), 'archive', cluster.stanza);
  const [version = ''] = (await readdir(stanza)).filter((each) => /^\d+-1$/.test(each));
  const file = join(stanza, version, name);
  await mkdir(dirname(file), { recursive: true });
  await chmod(dirname(file), 0o755);
  await writeFile(file, '', { mode: 0o644 });
  return () => rm(file);
}

const checksum = 'a'.repeat(40);

describe.skipIf(programs === undefined)('a standby that would take a new timeline', () => {
  it.each([
    ['its history', '00000002.history'],
    ['a segment', `0000000200000000/000000020000000000000003-${checksum}.gz`],
  ])(
    'is not promoted where one repository has %s already, of a promotion that it does not know',
    async (_, name) => {
      const remove = await archive(name);
      try {
        await expect(promote()).rejects.toThrow(
          'timeline 2 is in repository offsite already, from an earlier promotion',
        );
        expect(await isStandby()).toBe(true);
      } finally {
        await remove();
      }
    },
  );

  it('is promoted where no repository that answers has it: one that is away keeps nobody from it', async () => {
    const offsite = cluster.repositoryFolder('offsite');
    await rename(offsite, `${offsite}-away`);
    expect(await promote()).toMatchObject({ timeline: 2 });
    expect(await isStandby()).toBe(false);
  });
});
