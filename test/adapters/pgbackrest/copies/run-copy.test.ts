import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createPgBackRest } from '../../../../src/adapters/pgbackrest/pgbackrest-provider.ts';
import type { BackupProvider, Tools } from '../../../../src/contracts/backups/provider.ts';
import { AgentError } from '../../../../src/contracts/kernel/agent-host.ts';
import { recorded } from '../recorded.ts';

const never = new AbortController().signal;
const attempt = { cancelled: never, leaving: never, onProgress: () => undefined };
const act = { runRef: 'drill/prod/shop/1', step: 4 };

let folder: string;
let provider: BackupProvider;
let started: readonly string[];
let asked: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-run-copy-'));
  for (const name of ['data', 'log']) await mkdir(join(folder, name));
  const record = { repository: 1, label: '20260101-000000F', target: { kind: 'latest' } };
  const kept = { segmentBytes: 16_777_216, isIsolated: false, reader: 'reader' };
  await writeFile(join(folder, 'copy.json'), JSON.stringify({ ...record, ...kept }));
  asked = 0;
  const control = recorded('control-data');
  const tools: Tools = {
    act: async (_, __, { argv }) => {
      started = argv;
      throw new AgentError('away', 'the agent stops; the act goes on');
    },
    read: async ({ argv: [program = '', ...args] }) => {
      asked += 1;
      const name = basename(program);
      if (name === 'rm') await rm(args.at(-1) ?? '', { force: true });
      if (name === 'psql') return { exitCode: 2, stdout: '', stderr: 'no server' };
      return { exitCode: 0, stdout: control, stderr: '' };
    },
    stop: () => Promise.resolve(),
  };
  const pgbackrest = {
    ...{ program: '/usr/bin/pgbackrest', config: '/etc/pgbackrest.conf', stanza: 'main' },
    ...{ repositories: { main: 1 }, environment: {}, secrets: {}, allowPrimary: true },
  };
  const cluster = {
    ...{ name: 'main', dataFolder: '/srv/main', socketFolder: '/run', port: 5432 },
    ...{
      programs: '/opt/bin',
      user: 'postgres',
      database: 'postgres',
      failover: false,
      pgbackrest,
    },
  };
  provider = createPgBackRest({ tools, clusters: [cluster] });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const about = () => ({
  ...{ contract: 1, agent: 'db-1', plan: { environment: 'prod', backup: 'shop' } },
  component: {
    ...{ name: 'database', agent: 'db-1', repositories: ['main'] },
    source: { kind: 'postgres' as const, cluster: 'main' },
  },
  ...{ copy: 'copy', folder },
});
const run = (step = act.step) =>
  provider.runCopy({ ...about(), act: { ...act, step }, forMs: 60_000 }, attempt);
const logFile = () => {
  const name = started.find((one) => one.startsWith('log_filename='))?.split('=')[1] ?? '';
  return join(folder, 'log', name);
};
const inspect = (withinMs?: number) =>
  provider.inspectCopy({ ...about(), ...(withinMs !== undefined && { withinMs }) }, attempt);
const recovering = 'LOG:  starting PostgreSQL 15.18\nLOG:  starting archive recovery\n';

test('the log of a server that is attached to again is kept, also before it has a pid', async () => {
  await expect(run()).rejects.toMatchObject({ code: 'away' });
  await writeFile(logFile(), recovering);
  await expect(run()).rejects.toMatchObject({ code: 'away' });
  expect(existsSync(logFile())).toBe(true);
  await writeFile(join(folder, 'data', 'postmaster.pid'), '1');
  expect(await inspect()).toMatchObject({ state: 'recovering' });
});

test('what an earlier server of the copy wrote is not about the next one', async () => {
  await expect(run()).rejects.toMatchObject({ code: 'away' });
  await writeFile(logFile(), `${recovering}LOG:  database system is shut down\n`);
  expect(await inspect()).toMatchObject({ state: 'stopped' });
  await expect(run(5)).rejects.toMatchObject({ code: 'away' });
  expect(await inspect()).toMatchObject({ state: 'starting' });
});

test('what still recovers is waited for, and not for longer than asked', async () => {
  await expect(run()).rejects.toMatchObject({ code: 'away' });
  const waited = inspect(60_000);
  await expect.poll(() => asked).toBeGreaterThan(8);
  await writeFile(logFile(), `${recovering}LOG:  database system is shut down\n`);
  expect(await waited).toMatchObject({ state: 'stopped' });
  await expect(run(5)).rejects.toMatchObject({ code: 'away' });
  const startedMs = performance.now();
  expect(await inspect(300)).toMatchObject({ state: 'starting' });
  expect(performance.now() - startedMs).toBeLessThan(2_000);
});
