import { expect, test } from 'vitest';
import { ClusterTools } from '../../../../src/adapters/pgbackrest/tool/cluster-tools.ts';
import type { Tools } from '../../../../src/contracts/backups/provider.ts';
import type { PostgresClusterSettings } from '../../../../src/specs/backups/agent-settings.ts';

const never = new AbortController().signal;
const attempt = { cancelled: never, leaving: never, onProgress: () => undefined };

async function argumentsOf(
  statement: string,
  database: string,
  user?: string,
): Promise<readonly string[]> {
  const given: (readonly string[])[] = [];
  const tools: Tools = {
    act: () => Promise.reject(new Error('nothing is run here')),
    stop: () => Promise.reject(new Error('nothing is stopped here')),
    read: async ({ argv }) => {
      given.push(argv);
      return { exitCode: 0, stdout: '', stderr: '' };
    },
  };
  const settings: PostgresClusterSettings = {
    failover: false,
    ...{ name: 'main', dataFolder: '/data', socketFolder: '/run/postgresql', port: 5432 },
    ...{ programs: '/usr/lib/postgresql/15/bin', user: 'postgres', database: 'postgres' },
    pgbackrest: {
      ...{ program: '/usr/bin/pgbackrest', config: '/etc/pgbackrest.conf', stanza: 'main' },
      ...{ repositories: { main: 1 }, environment: {}, secrets: {}, allowPrimary: true },
    },
  };
  const copy = { socketFolder: '/copies/0a1b/sock', port: 5432, dataFolder: '/copies/0a1b/data' };
  await new ClusterTools(tools, settings).psql({ ...copy, database }, [statement], attempt, user);
  return given[0] ?? [];
}

test('a query is never a command of psql, which could start a shell', async () => {
  const argv = await argumentsOf('\\! id', 'shop', 'reader');
  expect(argv.slice(argv.indexOf('--command'))).toEqual(['--command', ' \\! id']);
});

test('a superuser is asked on a search path on which nobody else has functions', async () => {
  const asked = async (user?: string) => {
    const argv = await argumentsOf('SELECT 1', 'shop', user);
    return argv.slice(argv.indexOf('--command'));
  };
  const path = ['--command', ' SET search_path = pg_catalog'];
  expect(await asked()).toEqual([...path, '--command', ' SELECT 1']);
  expect(await asked('reader')).toEqual(['--command', ' SELECT 1']);
});

test.each([
  ['host=/run/postgresql dbname=shop', "--dbname=dbname='host=/run/postgresql dbname=shop'"],
  ['postgresql://elsewhere/shop', "--dbname=dbname='postgresql://elsewhere/shop'"],
  ["x' host='/run/postgresql", "--dbname=dbname='x\\' host=\\'/run/postgresql'"],
  ['x\\', "--dbname=dbname='x\\\\'"],
])('the name of a database leads to no other server: %s', async (database, expected) => {
  expect(await argumentsOf('SELECT 1', database)).toContain(expected);
});
