import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { exportOpenSlo } from '../../../../src/policies/objectives/openslo/export-openslo.ts';
import { importOpenSlo } from '../../../../src/policies/objectives/openslo/import-openslo.ts';
import { resolveAgainst } from '../../../../src/specs/kernel/resolve.ts';
import { sloMonitorSchema } from '../../../../src/specs/objectives/monitor.ts';
import type { SloMonitorSpec } from '../../../../src/specs/objectives/objective.ts';

const example = readFileSync(
  new URL('../../../../examples/openslo/shop.yaml', import.meta.url),
  'utf8',
);
const documentsOf = (text: string): unknown[] => {
  const documents = parseAllDocuments(text);
  return Array.isArray(documents) ? documents.map((each) => each.toJS() as unknown) : [];
};

function resolved(written: unknown): SloMonitorSpec {
  const resolution = resolveAgainst(sloMonitorSchema, written);
  if (!resolution.ok) throw new Error(JSON.stringify(resolution.problems));
  return resolution.spec;
}

function imported(documents: readonly unknown[], environment?: string): unknown {
  const found = importOpenSlo(documents, environment === undefined ? {} : { environment });
  if (!found.ok) throw new Error(JSON.stringify(found.problems));
  return found.monitor;
}

const written = {
  ...{ environment: 'prod', zone: 'Europe/Berlin', lag: '90s', leastCoverage: '95%' },
  objectives: [
    {
      ...{ name: 'answers', service: 'shop', indicator: 'availability', target: '99.95%' },
      ...{ window: 'month', budgetGate: true, owner: 'team shop', floor: { events: 50 } },
      prometheus: { total: 'requests{app="shop"}', bad: 'requests{app="shop",code=~"5.."}' },
      credits: [
        { below: '99.9%', credit: '10%' },
        { below: '95%', credit: '25%' },
      ],
    },
    {
      ...{ name: 'errors', service: 'shop', indicator: 'errorRate', target: '0.1%', window: '7d' },
      prometheus: { total: 'requests{app="shop"}', good: 'answered{app="shop"}' },
    },
    {
      ...{ name: 'quick', service: 'shop', indicator: 'p95', window: 'week' },
      prometheus: { histogram: 'seconds{app="shop"}' },
    },
    {
      ...{ name: 'short', service: 'shop', indicator: 'availability', window: '90m' },
      prometheus: { total: 'requests', bad: 'failures' },
    },
  ],
};

describe('OpenSLO', () => {
  it('says the same after the way there and back', () => {
    const spec = resolved(written);
    const exported = exportOpenSlo(spec);
    if (!exported.ok) throw new Error(JSON.stringify(exported.problems));
    const text = exported.documents.map((each) => stringify(each)).join('---\n');
    expect(resolved(imported(documentsOf(text)))).toEqual(spec);
    const again = exportOpenSlo(resolved(imported(documentsOf(text))));
    expect(again).toEqual(exported);
  });

  it('has no annotation where both say the same', () => {
    const [, , , short] = written.objectives;
    const exported = exportOpenSlo(resolved({ environment: 'prod', objectives: [short] }));
    expect(exported).toEqual({
      ok: true,
      documents: [
        {
          ...{ apiVersion: 'openslo/v1', kind: 'SLO' },
          metadata: { name: 'short', labels: { environment: 'prod' } },
          spec: {
            service: 'shop',
            indicator: {
              metadata: { name: 'short' },
              spec: {
                ratioMetric: {
                  counter: true,
                  bad: { metricSource: { type: 'Prometheus', spec: { query: 'sum(failures)' } } },
                  total: { metricSource: { type: 'Prometheus', spec: { query: 'sum(requests)' } } },
                },
              },
            },
            timeWindow: [{ duration: '90m', isRolling: true }],
            budgetingMethod: 'Occurrences',
            objectives: [{ target: 0.999 }],
          },
        },
      ],
    });
  });

  it('of others is taken with its references', () => {
    const [objective] = resolved(imported(documentsOf(example))).objectives;
    expect(objective).toMatchObject({
      ...{ name: 'checkout-answers', service: 'shop', target: 0.9995 },
      window: { of: 'calendar', unit: 'month', zone: 'Europe/Berlin' },
      source: {
        ...{ of: 'prometheus', total: 'http_requests_total{job="shop",route="/checkout"}' },
        part: { of: 'bad' },
      },
    });
  });

  it('has no words for a throughput, for probes and for equal, and says of which', () => {
    const spec = resolved({
      environment: 'prod',
      objectives: [
        {
          ...{ name: 'busy', service: 'shop', indicator: 'throughput', comparison: 'equal' },
          ...{ within: '5%', prometheus: { total: 'requests' } },
        },
        {
          ...{ name: 'up', service: 'shop', indicator: 'availability' },
          tcp: { host: 'shop', port: 80 },
        },
      ],
    });
    const exported = exportOpenSlo(spec);
    expect(exported.ok ? [] : exported.problems.map(({ path }) => path)).toEqual([
      ...['objectives[0].indicator', 'objectives[0].comparison', 'objectives[1].tcp'],
    ]);
  });

  it('that cannot be honoured is refused with every problem and its path', () => {
    const wrong = `
apiVersion: openslo/v1
kind: SLO
metadata: {name: slow, labels: {environment: prod}}
spec:
  service: shop
  indicator:
    metadata: {name: slow}
    spec:
      thresholdMetric: {metricSource: {type: Prometheus, spec: {query: latency}}}
  timeWindow: [{duration: 1M, isRolling: true}]
  budgetingMethod: Timeslices
  alertPolicies: [page]
  objectives: [{target: 1, op: lt, value: 0.5, timeSliceTarget: 0.9}]
---
apiVersion: openslo/v1
kind: SLO
metadata: {name: rates, labels: {environment: test}, annotations: {x-belay: '{"colour":"red"}'}}
spec:
  service: shop
  indicator:
    metadata: {name: rates}
    spec:
      ratioMetric:
        counter: false
        good: {metricSource: {type: Datadog, spec: {query: 'sum(rate(good[5m]))'}}}
        total: {metricSource: {metricSourceRef: nowhere, type: Prometheus, spec: {query: total}}}
  timeWindow: [{duration: 1w, isRolling: false, calendar: {startTime: 2024-01-02 09:00:00, timeZone: UTC}}]
  budgetingMethod: Occurrences
  objectives: [{targetPercent: 99}]
---
apiVersion: openslo/v1
kind: AlertPolicy
metadata: {name: page}
spec: {}
---
apiVersion: openslo/v2
kind: Thing
`;
    const found = importOpenSlo(documentsOf(wrong));
    expect(found.ok ? [] : found.problems.map(({ path }) => path).sort()).toEqual(
      [
        'documents[0].spec.alertPolicies',
        'documents[0].spec.budgetingMethod',
        'documents[0].spec.indicator.spec.thresholdMetric',
        'documents[0].spec.objectives[0]',
        'documents[0].spec.objectives[0].op',
        'documents[0].spec.objectives[0].timeSliceTarget',
        'documents[0].spec.objectives[0].value',
        'documents[0].spec.timeWindow[0].duration',
        'documents[1].metadata.annotations.x-belay.colour',
        'documents[1].spec.indicator.spec.ratioMetric.counter',
        'documents[1].spec.indicator.spec.ratioMetric.good.metricSource.spec.query',
        'documents[1].spec.indicator.spec.ratioMetric.good.metricSource.type',
        'documents[1].spec.indicator.spec.ratioMetric.total.metricSource.metricSourceRef',
        'documents[1].spec.timeWindow[0].calendar.startTime',
        'documents[2]',
        'documents[3].apiVersion',
        'documents[3].kind',
      ].sort(),
    );
  });

  it('is of one environment, and says so', () => {
    const [service, source, indicator, slo] = documentsOf(example);
    const other = parse(
      stringify(slo)
        .replace('prod', 'test')
        .replace(/name: check.*/, 'name: two'),
    );
    const all = [service, source, indicator, slo, other];
    const found = importOpenSlo(all);
    expect(found).toMatchObject({
      problems: [
        { message: 'has another environment than the first SLO; a file is of one monitor' },
      ],
    });
    expect(resolved(imported(all, 'here')).environment).toBe('here');
    expect(importOpenSlo([{ kind: 'Service', apiVersion: 'openslo/v1' }])).toMatchObject({
      ok: false,
    });
  });
});
