/** The rules and dashboards that are ready to load, as promtool sees them. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { dashboards } from '../../scripts/dashboards/render.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { runBriefly } from '../../src/embedded/run-briefly.ts';
import { expressionsOf } from '../scripts/dashboards/panels-of.ts';
import { providePromtool } from '../setup/provide-promtool.ts';

interface RuleFile {
  groups: { rules: { alert?: string; labels?: Record<string, string> }[] }[];
}

const promtool = await providePromtool(loadConfig().cache);
if (promtool === undefined) console.warn('no promtool: rules and dashboards are not checked');

const folder = fileURLToPath(new URL('../../deploy/prometheus/', import.meta.url));
const filesIn = async (part: string) =>
  (await readdir(join(folder, part))).map((name) => join(folder, part, name));
const rules = await filesIn('rules');
const tests = await filesIn('tests');
let scratch = '';

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'belay-rules-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

describe.skipIf(promtool === undefined)('a Prometheus that loads what is in deploy', () => {
  const run = (...args: string[]) => runBriefly(promtool ?? '', args, 60_000);

  test.each(rules)('takes %s', async (file) => {
    expect(await run('check', 'rules', '--lint-fatal', file)).toMatchObject({ ok: true });
  });

  test.each(tests)('alerts as %s says', async (file) => {
    const { ok, stdout, stderr } = await run('test', 'rules', file);
    expect(ok, stdout + stderr).toBe(true);
  });

  test('takes the expression of every panel', async () => {
    const panels = Object.values(dashboards).flatMap(expressionsOf);
    const file = join(scratch, 'panels.yaml');
    const recorded = panels.map((expr, index) => ({ record: `panel:${index}`, expr }));
    await writeFile(file, JSON.stringify({ groups: [{ name: 'panels', rules: recorded }] }));
    const { ok, stdout, stderr } = await run('check', 'rules', file);
    expect(ok, stdout + stderr).toBe(true);
    expect(stdout).toContain(`${panels.length} rules found`);
  });
});

test('every alert is told of in a test, and what rolls back says which Deployment', async () => {
  const tested = (await Promise.all(tests.map((file) => readFile(file, 'utf8')))).join('\n');
  const read = async (file: string) => parse(await readFile(file, 'utf8')) as RuleFile;
  const alerts = (await Promise.all(rules.map(read)))
    .flatMap(({ groups }) => groups.flatMap((group) => group.rules))
    .filter(({ alert }) => alert !== undefined);
  expect(alerts.filter(({ alert = '' }) => !tested.includes(`alertname: ${alert}`))).toEqual([]);
  const rollingBack = alerts.filter(({ labels }) => labels?.['action'] === 'rollback');
  expect(new Set(rollingBack.map(({ alert }) => alert))).toEqual(
    new Set([
      ...['ServiceErrors', 'ServiceServerErrors', 'ServiceSuccessLow', 'ServiceSlow'],
      ...['ServiceCpuStaysHigh', 'ServiceMemoryStaysHigh'],
    ]),
  );
  for (const { labels } of rollingBack) {
    expect(labels).toMatchObject({ deployment: expect.any(String), namespace: expect.any(String) });
  }
});
