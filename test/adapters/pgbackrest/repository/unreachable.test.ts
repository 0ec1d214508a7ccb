import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openRepository } from '../../../../src/adapters/pgbackrest/repository/repository.ts';
import { ClusterTools } from '../../../../src/adapters/pgbackrest/tool/cluster-tools.ts';
import type { ToolAnswer } from '../../../../src/contracts/backups/provider.ts';

const never = new AbortController().signal;
const attempt = { cancelled: never, leaving: never, onProgress: () => undefined };

async function open(answer: ToolAnswer) {
  const folder = await mkdtemp(join(tmpdir(), 'belay-pgbackrest-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const config = join(folder, 'pgbackrest.conf');
  await writeFile(config, '[global]\nrepo2-type=s3\n');
  const unused = () => Promise.reject(new Error('nothing is run here'));
  const tools = { act: unused, stop: unused, read: () => Promise.resolve(answer) };
  const cluster = new ClusterTools(tools, {
    failover: false,
    ...{ name: 'main', dataFolder: '/data', socketFolder: '/run/postgresql', port: 5432 },
    ...{ programs: '/usr/lib/postgresql/15/bin', user: 'postgres', database: 'postgres' },
    pgbackrest: {
      ...{ program: '/usr/bin/pgbackrest', config, stanza: 'main' },
      ...{ repositories: { bucket: 2 }, environment: {}, secrets: {}, allowPrimary: true },
    },
  });
  return openRepository(cluster, 'bucket', attempt);
}

test.each([
  [49, "unable to connect to '127.0.0.1:8333': [111] Connection refused"],
  [102, 'timeout of 10000ms waiting for read'],
])('sets of a store that is away are not taken for none (exit code %d)', async (exitCode, said) => {
  const stderr = `ERROR: [${String(exitCode).padStart(3, '0')}]: ${said}\n`;
  await expect(open({ exitCode, stdout: '', stderr })).rejects.toMatchObject({
    code: 'unfinished',
    message: expect.stringContaining(said) as string,
  });
});
