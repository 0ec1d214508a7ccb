/** The profile `recovery` of docker-compose.yml, held against its files and what Belay's programs take. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../../src/config/load-config.ts';
import { resolveHostSettings } from '../../../src/specs/agent-settings.ts';
import { resolveSpecOf } from '../../../src/specs/registry.ts';
import { readComposeFile, repository } from '../compose-file.ts';

const file = await readComposeFile();
const services = Object.entries(file.services);
const nodes = services.filter(([, { image }]) => image.startsWith('belay-database:'));
const read = (path: string) => readFile(join(repository, path), 'utf8');
const ofDatabases = [
  'database',
  'server',
  'agent.bash',
  'secrets.bash',
  'roles.sql',
  'pgbackrest.conf',
];

describe('the profile recovery', () => {
  const setup = (path: string) => path.replace('/setup/', 'deploy/compose/recovery/');
  const agentOf = async (name: string) => {
    const resolution = resolveHostSettings(await read(setup(`/setup/${name}.yaml`)), undefined);
    if (!resolution.ok) throw new Error(JSON.stringify(resolution.problems));
    expect(resolution.settings.name).toBe(name);
    return resolution.settings;
  };

  test('is not started without being asked for', () => {
    const asked = services.filter(([, { profiles }]) => profiles?.includes('recovery'));
    expect(asked.map(([name]) => name)).toEqual([...nodes.map(([name]) => name), 'object-store']);
  });

  test.each(nodes)('%s runs a program that is mounted, with an agent of its name', async (name) => {
    const { command: [program = ''] = [], environment = {}, volumes } = file.services[name] ?? {};
    expect((await stat(join(repository, setup(program)))).mode & 0o111).toBe(0o111);
    expect(volumes).toContain('./deploy/compose/recovery:/setup:ro');
    const agent = await agentOf(name);
    expect(`${agent.stateFolder}/`).toContain('/var/lib/postgresql/');
    const { NODE = name, PEER, ...settings } = environment;
    expect(NODE).toBe(name);
    expect(() => loadConfig(settings)).not.toThrow();
    for (const { replication } of agent.clusters) {
      expect(replication?.peers.map(({ host, port }) => `${host}:${port}`)).toEqual([PEER]);
    }
  });

  test('mounts the secrets that its files name', async () => {
    const text = async (paths: string[]) => (await Promise.all(paths.map(read))).join('\n');
    for (const [name, { secrets = [] }] of services) {
      const own: Record<string, string[]> = {
        'object-store': ['object-store'],
        pooler: ['pooler', 'agent.bash', 'pooler.yaml'],
        'database-1': [...ofDatabases, 'database-1.yaml'],
        'database-2': [...ofDatabases, 'database-2.yaml'],
      };
      if (own[name] === undefined) continue;
      const files = await text(own[name].map((each) => `deploy/compose/recovery/${each}`));
      const named = new Set(
        [...files.matchAll(/\/run\/secrets\/([\w-]+)/g)].map(([, each]) => each),
      );
      expect([name, [...named].sort()]).toEqual([name, [...secrets].sort()]);
    }
  });

  test('has repositories, peers and ports that its files agree about', async () => {
    const tool = await read('deploy/compose/recovery/pgbackrest.conf');
    const store = await read('deploy/compose/recovery/object-store');
    expect(tool).toContain(`repo2-storage-port=${/s3\.port\.https=(\d+)/.exec(store)?.[1]}`);
    expect(store).toContain(`s3.bucket.create -name ${/s3-bucket=(.*)/.exec(tool)?.[1]}`);
    const { clusters } = await agentOf('database-1');
    const [cluster] = clusters;
    expect(tool).toContain(`[${cluster?.pgbackrest?.stanza}]\npg1-path=${cluster?.dataFolder}\n`);
    for (const key of Object.values(cluster?.pgbackrest?.repositories ?? {})) {
      expect(tool).toMatch(new RegExp(`^repo${key}-`, 'm'));
    }
  });

  test('has plans that name its agents, clusters and repositories', async () => {
    const plans = await Promise.all(
      ['backup', 'database'].map(async (name) => {
        const path = `examples/compose/recovery/${name}.yaml`;
        const parsed = parse(await read(path)) as { kind: string };
        const resolution = resolveSpecOf(parsed.kind, parsed);
        if (resolution?.ok !== true) throw new Error(JSON.stringify(resolution));
        return resolution.spec as Record<string, unknown>;
      }),
    );
    const { clusters } = await agentOf('database-1');
    const repositories = Object.keys(clusters[0]?.pgbackrest?.repositories ?? {});
    expect(plans[0]).toMatchObject({
      components: [{ agent: 'database-1', repositories }],
    });
    expect(plans[1]).toMatchObject({ nodes: [{ name: 'database-1' }, { name: 'database-2' }] });
  });
});
