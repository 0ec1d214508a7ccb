/** docker-compose.yml and what it mounts, as the programs themselves see it. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import { locateTemporal } from '../../src/embedded/locate.ts';
import { devServer } from '../fixtures/temporal.ts';
import { provideDockerCompose } from '../setup/provide-docker-compose.ts';
import { providePromtool } from '../setup/provide-promtool.ts';
import { repository } from './compose-file.ts';

const { cache } = loadConfig();
const dockerCompose = await provideDockerCompose(cache);
const promtool = await providePromtool(cache);
const run = promisify(execFile);
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'belay-compose-'));
});
afterAll(() => rm(scratch, { recursive: true }));

describe.skipIf(dockerCompose === undefined)('docker compose', () => {
  const config = (file: string) =>
    run(dockerCompose ?? '', [
      ...['--project-directory', repository, '-f', file, '--profile', 'recovery'],
      ...['config', '--quiet'],
    ]);

  test('finds nothing wrong with docker-compose.yml', async () => {
    expect(await config(join(repository, 'docker-compose.yml'))).toEqual({
      stdout: '',
      stderr: '',
    });
  });

  test.each([
    ['a misspelt key', 'healthcheck:', 'healtcheck:', /healtcheck/],
    ['a dependency that is not there', 'gateway: { condition', 'getaway: { condition', /getaway/],
    ['a volume that is not declared', '- grafana:/var', '- grafanna:/var', /grafanna/],
    ['such a dependency of a profile', 'object-store: { condition', 'store: { condition', /store/],
  ])('would have refused %s', async (_, from, to, complaint) => {
    const text = await readFile(join(repository, 'docker-compose.yml'), 'utf8');
    const broken = join(scratch, 'docker-compose.yml');
    await writeFile(broken, text.replace(from, to));
    await expect(config(broken)).rejects.toThrow(complaint);
  });
});

test.skipIf(promtool === undefined)(
  'promtool finds nothing wrong with its Prometheus',
  async () => {
    const file = join(scratch, 'prometheus.yml');
    const text = await readFile(join(repository, 'deploy/compose/prometheus.yml'), 'utf8');
    const rules = join(repository, 'deploy/prometheus/rules');
    const mounted = text.replace('/etc/prometheus/rules', rules);
    await writeFile(file, mounted);
    const { stdout } = await run(promtool ?? '', ['check', 'config', file]);
    expect(stdout).toMatch(/SUCCESS: .* is valid prometheus config file syntax/);
    expect(stdout).toContain(`SUCCESS: ${(await readdir(rules)).length} rule files found`);
  },
);

test('its Temporal gets the namespace once, however often it is started', async () => {
  const env = await devServer();
  try {
    const temporal = await locateTemporal({ cache });
    const variables = {
      PATH: `${dirname(temporal.path)}:${process.env['PATH']}`,
      HOME: scratch,
      TEMPORAL_ADDRESS: env.address,
      TEMPORAL_NAMESPACE: 'made-by-compose',
    };
    const script = join(repository, 'deploy/compose/temporal-namespace');
    for (const expected of [/registered/, /^$/]) {
      const { stdout } = await run('sh', [script], { env: variables });
      expect(stdout).toMatch(expected);
    }
  } finally {
    await env.teardown();
  }
});
