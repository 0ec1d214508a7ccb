import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { restoreSet } from '../../../../src/adapters/pgbackrest/copies/restore-set.ts';
import { ClusterTools } from '../../../../src/adapters/pgbackrest/tool/cluster-tools.ts';
import type { ToolAnswer } from '../../../../src/contracts/backups/provider.ts';
import { recorded } from '../recorded.ts';

const never = new AbortController().signal;
const attempt = { cancelled: never, leaving: never, onProgress: () => undefined };
const label = '20261129-074632F_20261129-075348D';

const said = (stdout: string): ToolAnswer => ({ exitCode: 0, stdout, stderr: '' });
const away: ToolAnswer = {
  ...{ exitCode: 49, stdout: '' },
  stderr: "ERROR: [049]: unable to connect to '10.0.0.9:9000'\n",
};

/** Beside a cluster that has a tablespace now. `manifests`: the answers about its two copies. */
async function restore(manifests: { 'backup.manifest': ToolAnswer; copy: ToolAnswer }) {
  const folder = await mkdtemp(join(tmpdir(), 'belay-restore-set-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const dataFolder = join(folder, 'data');
  await mkdir(join(dataFolder, 'pg_tblspc'), { recursive: true });
  await symlink('/srv/fast', join(dataFolder, 'pg_tblspc', '16500'));
  const config = join(folder, 'pgbackrest.conf');
  await writeFile(config, '[global]\nrepo2-type=s3\n');
  const tools = {
    act: () => Promise.reject(new Error('the restore was begun')),
    stop: () => Promise.resolve(),
    read: ({ argv }: { argv: readonly string[] }): Promise<ToolAnswer> => {
      const last = argv.at(-1) ?? '';
      if (last === 'info') return Promise.resolve(said(recorded('info')));
      if (last.startsWith('archive/')) return Promise.resolve(said(recorded('archive')));
      if (last.endsWith('.copy')) return Promise.resolve(manifests.copy);
      if (last.endsWith('.manifest')) return Promise.resolve(manifests['backup.manifest']);
      return Promise.resolve(said('{}'));
    },
  };
  const cluster = new ClusterTools(tools, {
    ...{ name: 'main', dataFolder, socketFolder: '/run/postgresql', port: 5432, failover: false },
    ...{ programs: '/opt/bin', user: 'postgres', database: 'postgres' },
    pgbackrest: {
      ...{ program: '/usr/bin/pgbackrest', config, stanza: 'main' },
      ...{ repositories: { bucket: 2 }, environment: {}, secrets: {}, allowPrimary: true },
    },
  });
  const call = {
    ...{ contract: 1, agent: 'db-1', plan: { environment: 'prod', backup: 'shop' } },
    component: {
      ...{ name: 'database', agent: 'db-1', repositories: ['bucket'] },
      source: { kind: 'postgres' as const, cluster: 'main' },
    },
    ...{ act: { runRef: 'drill/prod/shop/1', step: 4 }, repository: 'bucket', label },
    ...{ target: { kind: 'set' as const }, into: { kind: 'copy' as const }, keepForMs: 0 },
    folder: join(folder, 'copy'),
  };
  return restoreSet(cluster, call, attempt);
}

test('a set whose manifest cannot be read is not restored beside its source: nobody knows its tablespaces', async () => {
  await expect(restore({ 'backup.manifest': away, copy: away })).rejects.toMatchObject({
    ...{ code: 'unfinished', message: expect.stringContaining('unable to connect') as string },
  });
});

test.each([
  ['its manifest', { 'backup.manifest': said(recorded('backup.manifest')), copy: away }],
  [
    'the copy of its manifest',
    { 'backup.manifest': away, copy: said(recorded('backup.manifest')) },
  ],
])('a tablespace that was made after a set is found by %s', async (_, manifests) => {
  await expect(restore(manifests)).rejects.toMatchObject({
    ...{ code: 'refused', message: expect.stringContaining('tablespace 16500 was made') as string },
  });
});
