import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createPgBackRest } from '../../../../src/adapters/pgbackrest/pgbackrest-provider.ts';
import type { Tools } from '../../../../src/contracts/backups/provider.ts';
import type { Assertion } from '../../../../src/contracts/backups/store.ts';
import { exited } from '../../../fixtures/scripted-store.ts';

const never = new AbortController().signal;
const attempt = { cancelled: never, leaving: never, onProgress: () => undefined };
const mark = { kind: 'mark', nonce: 'one', expect: 'absent' } as const;

let folder: string;
/** What was begun and what has ended, in order. */
let seen: string[];
let answerQuery: () => Promise<unknown>;
let check: () => Promise<unknown>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-assert-copy-'));
  await mkdir(join(folder, 'data'));
  const record = { repository: 1, label: '20260101-000000F', target: { kind: 'latest' } };
  const kept = { segmentBytes: 16_777_216, isIsolated: false, reader: 'reader' };
  await writeFile(join(folder, 'copy.json'), JSON.stringify({ ...record, ...kept }));
  seen = [];
  answerQuery = check = () => Promise.resolve();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function assertCopy(...assertions: Assertion[]) {
  const tools: Tools = {
    act: async (_, __, { argv: [program = ''] }) => {
      seen.push(basename(program));
      await check();
      return exited(0);
    },
    read: async () => {
      await answerQuery();
      seen.push('answer');
      return { exitCode: 0, stdout: 'f\n', stderr: '' };
    },
    stop: () => Promise.resolve(),
  };
  const pgbackrest = {
    ...{ program: '/usr/bin/pgbackrest', config: '/etc/pgbackrest.conf', stanza: 'main' },
    ...{ repositories: { main: 1 }, environment: {}, secrets: {}, allowPrimary: true },
  };
  const cluster = {
    ...{ name: 'main', dataFolder: '/srv/main', socketFolder: '/run', port: 5432, pgbackrest },
    ...{ programs: '/opt/bin', user: 'postgres', database: 'postgres', failover: false },
  };
  const call = {
    ...{ contract: 1, agent: 'db-1', plan: { environment: 'prod', backup: 'shop' } },
    component: {
      ...{ name: 'database', agent: 'db-1', repositories: ['main'] },
      source: { kind: 'postgres' as const, cluster: 'main' },
    },
    ...{ copy: 'copy', folder, assertions, act: { runRef: 'drill/prod/shop/1', step: 4 } },
    endServer: async () => void seen.push('server ended'),
  };
  return createPgBackRest({ tools, clusters: [cluster] }).assertCopy(call, attempt);
}

test('queries are asked while the structure is checked, and answered in the order asked', async () => {
  let answered = () => {};
  check = () => new Promise<void>((resolve) => (answered = resolve));
  answerQuery = async () => {
    answered();
  };
  const results = await assertCopy({ kind: 'structure' }, mark);
  expect(results.map(({ name, passed }) => `${name}: ${passed}`)).toEqual([
    'structure: true',
    'mark one: true',
  ]);
});

test('a server is ended for its pages only once every query has its answer', async () => {
  await assertCopy(mark, { ...mark, nonce: 'two' }, { kind: 'checksums' });
  expect(seen).toEqual(['answer', 'answer', 'server ended', 'pg_checksums']);
});
