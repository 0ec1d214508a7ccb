/** The rules that are made from objectives, as promtool sees them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import { runBriefly } from '../../src/embedded/run-briefly.ts';
import { prometheusRules } from '../../src/policies/objectives/prometheus-rules.ts';
import { resolveAgainst } from '../../src/specs/kernel/resolve.ts';
import { sloMonitorSchema } from '../../src/specs/objectives/monitor.ts';
import { providePromtool } from '../setup/provide-promtool.ts';

const promtool = await providePromtool(loadConfig().cache);
if (promtool === undefined) console.warn('no promtool: rules of objectives are not checked');

const resolved = resolveAgainst(sloMonitorSchema, {
  environment: 'prod',
  objectives: [
    {
      ...{ name: 'checkout', service: 'shop', indicator: 'availability' },
      prometheus: { total: 'requests{app="shop"}', bad: 'requests{app="shop",code=~"5.."}' },
    },
    {
      ...{ name: 'quick', service: 'shop', indicator: 'p95', window: '7d' },
      prometheus: { histogram: 'seconds{app="shop"}' },
    },
    {
      ...{ name: 'busy', service: 'shop', indicator: 'throughput' },
      prometheus: { total: 'requests{app="shop"}' },
    },
    {
      ...{ name: 'reachable', service: 'shop', indicator: 'availability' },
      tcp: { host: 'shop', port: 80 },
    },
  ],
});
if (!resolved.ok) throw new Error(JSON.stringify(resolved.problems));
const rules = prometheusRules(resolved.spec);

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-objective-rules-'));
  await writeFile(join(folder, 'rules.yaml'), JSON.stringify(rules));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.skipIf(promtool === undefined)('rules for Prometheus', () => {
  const run = (...args: string[]) => runBriefly(promtool ?? '', args, 60_000);

  test('are taken by Prometheus', async () => {
    const { ok, stdout, stderr } = await run('check', 'rules', join(folder, 'rules.yaml'));
    expect(ok, stdout + stderr).toBe(true);
    expect(rules.groups[0]?.rules.map(({ alert }) => alert)).toEqual([
      ...['BelayObjectiveBurnsFast', 'BelayObjectiveBurns', 'BelayObjectiveSilent'],
      ...['BelayObjectiveBurnsFast', 'BelayObjectiveSilent'],
      'BelayObjectiveSilent',
    ]);
  });

  const labels = { environment: 'prod', service: 'shop', objective: 'checkout' };
  const fast = { severity: 'critical', ...labels };
  const alertsAt = (alertname: string, at: string, expected: object[]) => ({
    eval_time: at,
    alertname,
    exp_alerts: expected.map((exp_labels) => ({
      exp_labels,
      exp_annotations: { summary: 'prod/checkout burns its error budget' },
    })),
  });

  test('wake somebody where a budget burns, and nobody at two failures of a quiet night', async () => {
    const requests = (code: string, values: string) => ({
      series: `requests{app="shop",code="${code}"}`,
      values,
    });
    const file = join(folder, 'tests.yaml');
    const suite = (input_series: object[], alert_rule_test: object[]) => ({
      ...{ interval: '1m', input_series, alert_rule_test },
    });
    const tests = {
      rule_files: [join(folder, 'rules.yaml')],
      tests: [
        suite(
          [requests('200', '0+98x120'), requests('500', '0+2x120')],
          [alertsAt('BelayObjectiveBurnsFast', '100m', [fast])],
        ),
        suite(
          [requests('200', '0+100x120'), requests('500', '0x120')],
          [alertsAt('BelayObjectiveBurnsFast', '100m', [])],
        ),
        suite(
          [requests('200', '0x118 8 8'), requests('500', '0x118 2 2')],
          [alertsAt('BelayObjectiveBurnsFast', '119m', [])],
        ),
      ],
    };
    await writeFile(file, JSON.stringify(tests));
    const { ok, stdout, stderr } = await run('test', 'rules', file);
    expect(ok, stdout + stderr).toBe(true);
  });
});
