/** docker-compose.yml, held against what it mounts and what Belay's programs take. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createProgram } from '../../src/cli/program.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { readOptions } from '../../src/local-platform/options.ts';
import { resolveSpecText } from '../../src/specs/rollouts/resolve-text.ts';
import { readCredentials } from '../../src/http/credentials.ts';
import { readComposeFile, repository, type ComposeService } from './compose-file.ts';

const file = await readComposeFile();
const services = Object.entries(file.services);
const read = (path: string) => readFile(join(repository, path), 'utf8');
const isOurs = ({ image }: ComposeService) => image.startsWith('belay:');
const ours = services.filter(([, service]) => isOurs(service));
/** Of the profile `recovery`: a program, with an agent beside it. */
const nodes = services.filter(([, { image }]) => image.startsWith('belay-database:'));
const settingsOf = (name: string) => loadConfig(file.services[name]?.environment ?? {});
const pairs = (list: string[] = []) => list.map((one) => one.split(':') as [string, string]);

describe('docker compose up', () => {
  test('uses images with exact tags', async () => {
    const { version } = JSON.parse(await read('package.json')) as { version: string };
    for (const [name, { image }] of services) {
      expect([name, image]).toEqual([name, expect.stringMatching(/^[\w./-]+:v?\d+\.\d+(\.\d+)?/)]);
    }
    expect(new Set(ours.map(([, { image }]) => image))).toEqual(new Set([`belay:${version}`]));
    expect(new Set(nodes.map(([, { image }]) => image))).toEqual(
      new Set([`belay-database:${version}`]),
    );
    const ofTemporal = (name: string) => file.services[name]?.image.split(':')[1];
    expect(ofTemporal('temporal-schema')).toBe(ofTemporal('temporal'));
    expect(ofTemporal('temporal-namespace')).toBe(ofTemporal('temporal'));
  });

  test('publishes ports only on loopback, and none twice', () => {
    const published = services.flatMap(([, { ports = [] }]) => ports);
    expect(published.filter((port) => !/^127\.0\.0\.1:\d+:\d+$/.test(port))).toEqual([]);
    const onHost = published.map((port) => port.split(':')[1]);
    expect(new Set(onHost).size).toBe(onHost.length);
  });

  test('finds every file that is mounted, and every volume named', async () => {
    for (const [name, { volumes }] of services) {
      for (const [source] of pairs(volumes)) {
        if (source.startsWith('./')) expect(await stat(join(repository, source))).toBeDefined();
        else
          expect([name, Object.keys(file.volumes)]).toEqual([
            name,
            expect.arrayContaining([source]),
          ]);
      }
    }
  });

  test('has a health check for every service that others wait for', () => {
    // It holds a loopback and has no program to ask with.
    const silent = ['machine'];
    const lasting = services.filter(([, { restart }]) => restart === 'unless-stopped');
    const unasked = lasting.filter(([, { healthcheck }]) => healthcheck === undefined);
    expect(unasked.map(([name]) => name)).toEqual(silent);
    const waits = services.flatMap(([, service]) => Object.entries(service.depends_on ?? {}));
    for (const [name, { condition }] of waits) {
      const { healthcheck, restart } = file.services[name] ?? {};
      if (condition === 'service_healthy')
        expect([name, healthcheck]).not.toEqual([name, undefined]);
      if (condition === 'service_completed_successfully') expect(restart).toMatch(/^on-failure/);
    }
  });

  test('keeps secrets only in files, each mounted where it is needed', async () => {
    const used = services.flatMap(([, { secrets = [] }]) =>
      secrets.map((one) => (typeof one === 'string' ? one : one.source)),
    );
    expect(new Set(used)).toEqual(new Set(Object.keys(file.secrets)));
    const words = /PASSWORD|TOKEN|SECRET|PWD/;
    for (const [name, { environment = {}, secrets = [] }] of services) {
      const named = Object.entries(environment).filter(([variable]) => words.test(variable));
      for (const [variable, value] of named) {
        const given = secrets.map((one) => `/run/secrets/${typeof one === 'string' ? one : ''}`);
        expect([name, variable, given]).toEqual([name, variable, expect.arrayContaining([value])]);
      }
    }
    expect(await read('.gitignore')).toContain('deploy/compose/secrets/\n');
  });
});

describe("Belay's own services", () => {
  test.each(ours)(
    '%s is given only settings that there are, with values they take',
    async (_, { environment = {} }) => {
      expect(() => loadConfig(environment)).not.toThrow();
      const known = await read('src/config/load-config.ts');
      const unknown = Object.keys(environment)
        .filter((name) => name.startsWith('BELAY_'))
        .filter((name) => !known.includes(`\n  ${name}: `));
      expect(unknown).toEqual([]);
    },
  );

  test.each(ours)(
    '%s runs a program that the image has',
    async (name, { command = [], entrypoint }) => {
      const [program = '', ...args] = [...(entrypoint?.slice(1) ?? []), ...command];
      const source = program
        .replace(/^\/app\/(dist\/)?/, '')
        .replace(/^(src|workers)(.*)\.js$/, '$1$2.ts');
      expect((await stat(join(repository, source))).isFile()).toBe(true);
      if (!source.startsWith('src/cli/')) return;
      const { commands } = await createProgram();
      const found = commands.find((one) => one.name() === args[0]);
      expect([name, found?.name()]).toEqual([name, args[0]]);
      const flags = found?.options.map(({ long }) => long);
      for (const flag of args.filter((arg) => arg.startsWith('--'))) expect(flags).toContain(flag);
    },
  );

  test('the first release uses the port that the load generator calls', async () => {
    const path = file.services['shop']?.command?.find((arg) => arg.endsWith('.yaml')) ?? '';
    const resolution = resolveSpecText(await read(path.replace('/app/', '')), path);
    if (!resolution.ok) throw new Error(`${path} cannot be deployed`);
    const { target } = resolution.spec as { target: { platform: string; port?: number } };
    const url = file.services['callers']?.command?.[1] ?? '';
    expect(target).toMatchObject({ platform: 'local', port: Number(new URL(url).port) });
  });

  test('all call the platform at its address, on the same loopback', () => {
    const platform = file.services['platform'];
    const { port, home } = readOptions(platform?.command?.slice(1) ?? []);
    expect(platform?.volumes).toContain(`belay:${home}`);
    for (const [name] of ours) {
      const { network_mode: network, environment } = file.services[name] ?? {};
      if (name !== 'gateway') expect([name, network]).toEqual([name, 'service:machine']);
      if (environment) expect(settingsOf(name).localPlatform.url).toBe(`http://127.0.0.1:${port}`);
    }
  });

  test('the health checks of workers and gateway use their ports', () => {
    for (const name of ['worker-1', 'worker-2', 'gateway']) {
      const { health } = settingsOf(name);
      expect(file.services[name]?.healthcheck?.test.join()).toContain(
        `:${health?.port}/health/ready`,
      );
    }
  });
});

describe('monitoring', () => {
  test('Prometheus scrapes every worker, the platform and Temporal at their metrics', async () => {
    const config = parse(await read('deploy/compose/prometheus.yml')) as {
      scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[];
    };
    const targets = Object.fromEntries(
      config.scrape_configs.map(({ job_name: job, static_configs: [first] }) => [
        job,
        first?.targets,
      ]),
    );
    const workers = ['worker-1', 'worker-2'].map(settingsOf);
    expect(targets).toMatchObject({
      belay: workers.map(({ health }) => `${health?.address}:${health?.port}`),
      'belay-gateway': [`gateway:${settingsOf('gateway').health?.port}`],
      'belay-sdk': workers.map(({ sdkMetricsAddress }) => sdkMetricsAddress),
      'local-platform': [new URL(workers[0]?.localPlatform.url ?? '').host],
      temporal: [
        `temporal:${file.services['temporal']?.environment?.['PROMETHEUS_ENDPOINT']?.split(':')[1]}`,
      ],
    });
  });

  test("Alertmanager's route leads to the gateway, with a mounted token", async () => {
    const config = await read('deploy/alertmanager/alertmanager.yml');
    const { gateway, alertmanager } = file.services;
    const { port } = settingsOf('gateway').gateway;
    const [alias] = gateway?.networks?.['default']?.aliases ?? [];
    expect(config).toContain(`url: http://${alias}:${port}/v1/alerts`);
    const [secret] = alertmanager?.secrets ?? [];
    expect(config).toContain(`credentials_file: ${(secret as { target: string }).target}`);
  });

  test('Grafana finds the dashboards, and its data sources are services of the file', async () => {
    const mounts = pairs(file.services['grafana']?.volumes).map(([, target]) => target);
    const providers = await read('deploy/grafana/provisioning/dashboards/belay.yaml');
    expect(mounts.some((target) => providers.includes(`path: ${target}\n`))).toBe(true);
    const sources = parse(await read('deploy/grafana/provisioning/datasources/belay.yaml')) as {
      datasources: { url: string }[];
    };
    const hosts = sources.datasources.map(({ url }) => new URL(url).hostname);
    expect(Object.keys(file.services)).toEqual(expect.arrayContaining(hosts));
  });
});

describe('deploy/compose/make-secrets', () => {
  let folder: string;
  const make = () => promisify(execFile)(join(repository, 'deploy/compose/make-secrets'), [folder]);
  const secret = (name: string) => readFile(join(folder, name), 'utf8');

  beforeAll(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'belay-secrets-')), 'secrets');
  });
  afterAll(() => rm(join(folder, '..'), { recursive: true }));

  test('writes every secret, which no other user of the machine can reach, and prints none', async () => {
    expect(await make()).toEqual({ stdout: '', stderr: '' });
    for (const { file: path } of Object.values(file.secrets)) {
      expect(path).toMatch(/^deploy\/compose\/secrets\//);
      expect((await secret(path.split('/').at(-1) ?? '')).length).toBeGreaterThan(32);
    }
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  test('gives the gateway the token that Alertmanager sends', async () => {
    const settings = { ...loadConfig({}).gateway, tokenFile: join(folder, 'gateway-tokens') };
    expect(readCredentials(settings).tokens).toEqual([
      {
        name: 'alertmanager',
        secret: await secret('alertmanager-token'),
        scopes: [{ kind: 'alerts' }],
      },
      {
        name: 'ci',
        secret: await secret('ci-token'),
        scopes: [{ kind: 'verbs', lock: 'rollout' }, { kind: 'read' }],
      },
    ]);
  });

  test('keeps existing secrets, and creates deleted ones again', async () => {
    const names = ['postgres-password', 'alertmanager-token', 'gateway-tokens'];
    const before = await Promise.all(names.map(secret));
    await rm(join(folder, 'grafana-password'));
    await rm(join(folder, 'ci-token'));
    await make();
    const after = await Promise.all(names.map(secret));
    expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
    expect(after[2]).toContain(`ci ${await secret('ci-token')}`);
    expect((await secret('grafana-password')).length).toBeGreaterThan(32);
  });
});
