import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { ArchivedCluster } from '../../../scripts/archived-postgres/archived-cluster.ts';
import { openDatabaseNodes } from '../../../src/adapters/postgres/database-nodes.ts';
import { openHost, type OpenHost } from '../../../src/agent/host.ts';
import { unattended } from '../../../src/agent/unattended.ts';
import type { DatabaseHost } from '../../../src/contracts/recovery/database-host.ts';
import { resolveHostSettings } from '../../../src/specs/agent-settings.ts';
import { requireBackupPrograms } from '../../fixtures/backups/find-programs.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const programs = await requireBackupPrograms('proving that log is archived');
let cluster: ArchivedCluster;
let host: OpenHost;
let nodes: DatabaseHost;
let stateFolder: string;

beforeAll(async () => {
  if (programs === undefined) return;
  cluster = await ArchivedCluster.start(programs);
  stateFolder = await mkdtemp(join(tmpdir(), 'belay-agent-'));
  const resolved = resolveHostSettings(
    stringify({ name: 'db-1', stateFolder, clusters: { main: cluster.settings() } }),
  );
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.problems));
  host = await openHost({
    settings: resolved.settings,
    startWatchdog: () => Promise.reject(new Error('nothing here has a watchdog')),
    onError: (message, error) => console.warn(message, error),
    onSwept: () => undefined,
  });
  const { clusters } = resolved.settings;
  const opened = await openDatabaseNodes({
    ...{ agent: 'db-1', clusters, tools: host.tools, stateFolder },
    startKeeper: () => Promise.reject(new Error('no lease is held')),
    onError: (message, error) => console.warn(message, error),
  });
  nodes = opened.host;
});

afterAll(async () => {
  if (programs === undefined) return;
  await host.close();
  await cluster.close();
  await rm(stateFolder, { recursive: true, force: true });
});

const prove = (withinMs: number) => {
  const act = { runRef: 'prod/shop/1', step: 1 };
  const call = { contract: 1, agent: 'db-1', cluster: 'main', act, withinMs };
  return nodes.proveArchiving(call, unattended);
};

describe.skipIf(programs === undefined)('the log of a primary', () => {
  it('is proven by a segment that is in every repository', async () => {
    const { segment, repositories } = await prove(20_000);
    expect(segment).toMatch(/^00000001[0-9A-F]{16}$/);
    expect(repositories).toEqual(['main', 'offsite']);
    expect((await prove(20_000)).segment).not.toBe(segment);
  });

  it('is not proven by an archive_command that says OK and stores nothing', async () => {
    await cluster.sql("ALTER SYSTEM SET archive_command = '/bin/true'");
    await cluster.sql('SELECT pg_reload_conf()');
    await expect(prove(1_500)).rejects.toThrow(
      /^segment [0-9A-F]{24} has not arrived in main, offsite in time/,
    );
  });

  it('is not proven while archive_command fails, which is said', async () => {
    await cluster.sql("ALTER SYSTEM SET archive_command = '/bin/false'");
    await cluster.sql('SELECT pg_reload_conf()');
    await expect(prove(1_500)).rejects.toThrow(/archive_command failed for [0-9A-F]{24} last/);
  });
});
