import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { dashboards, renderDashboards } from '../../../scripts/dashboards/render.ts';
import { BelayMetrics } from '../../../src/telemetry/metrics/belay-metrics.ts';
import { exportedNames } from '../../telemetry/metrics/documented-metrics.ts';
import { expressionsOf, panelsOf } from './panels-of.ts';

const all = Object.entries(dashboards);

test('the dashboards in deploy/grafana match the source', async () => {
  for (const [name, text] of Object.entries(await renderDashboards())) {
    const kept = new URL(`../../../deploy/grafana/${name}`, import.meta.url);
    expect(await readFile(kept, 'utf8'), `npm run dashboards: ${name}`).toBe(text);
  }
});

test.each(all)('every panel of %s has a title and a unit', (_, dashboard) => {
  const panels = panelsOf(dashboard);
  expect(panels.length).toBeGreaterThan(5);
  for (const { title, fieldConfig, targets } of panels) {
    expect(title).toMatch(/^\w/);
    expect(fieldConfig?.defaults.unit).toMatch(/^\w/);
    expect(targets).not.toEqual([]);
  }
});

test.each(all)('%s uses only metrics that are exported', async (_, dashboard) => {
  const known = await exportedNames();
  for (const { name } of new BelayMetrics().registry.getMetricsAsArray()) known.add(name);
  const named = expressionsOf(dashboard).flatMap(
    (expression) => expression.match(/\b(?:belay|circuit_breaker|process|nodejs)_\w+/g) ?? [],
  );
  expect(named).not.toEqual([]);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});
