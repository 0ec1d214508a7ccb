import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { renderMetrics } from '../../src/cli/render/metrics.ts';
import { pageFor } from '../../src/cli/render/page.ts';
import type { StageStatus } from '../../src/contracts/rollouts/status.ts';
import type { MetricSpec } from '../../src/specs/rollouts/metrics.ts';
import { measuredEachMinute, measuredStage } from '../render/rollouts/chart/measured-stages.ts';
import { page } from './rollout-examples.ts';

const metrics: MetricSpec[] = [
  { name: 'error-rate', measure: { kind: 'error-rate' }, max: 0.01 },
  { name: 'p99', measure: { kind: 'latency', quantile: 0.99 }, max: 500 },
];

const errorRates = Array.from({ length: 30 }, (_, index) => (index % 8) / 800);
const latencies = [...Array.from({ length: 29 }, () => 120), null];
const stage: StageStatus = {
  ...measuredStage(20, [
    ...measuredEachMinute(errorRates).map((each) => ({ ...each, stable: 0.0012 })),
    ...measuredEachMinute(latencies, { metric: 'p99', max: 500 }),
  ]),
  tallies: {
    'error-rate': { passed: 30, failed: 0, noData: 0 },
    p99: { passed: 29, failed: 0, noData: 1 },
  },
};

const shown = (columns?: number) =>
  renderMetrics(stage, metrics, { ...page, ...(columns !== undefined && { columns }) });

describe('the metrics of a stage', () => {
  it('show their course, the newest value, stable beside it, bound and tally', () => {
    expect(shown()).toEqual([
      '    error-rate  ▇█▁▂▃▄▅▆▇█▁▂▃▄▅▆▇█▁▂▃▄▅▆  0.625 %  stable 0.12 %  max 1 %    pass          30 passed',
      '    p99         ▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂·  no data                 max 500ms  inconclusive  29 passed, 1 without data  the canary received no requests',
    ]);
  });

  it('keep the course where the terminal is narrow, and give up what can be spared', () => {
    expect(shown(80)).toEqual([
      '    error-rate  █▁▂▃▄▅▆▇█▁▂▃▄▅▆  0.625 %  stable 0.12 %  max 1 %    pass',
      '    p99         ▂▂▂▂▂▂▂▂▂▂▂▂▂▂·  no data                 max 500ms  inconclusive',
      '      the canary received no requests',
    ]);
  });

  it.each([200, 132, 100, 80, 60, 50, 40])('fit into %i columns', (columns) => {
    const lines = shown(columns);
    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns);
    expect(lines.join('\n')).toMatch(/[▁▂▃▄▅▆▇█]{7}/);
  });

  it('are shown without a course where there is no room at all', () => {
    expect(shown(6).join('\n')).toContain('0.625 %');
  });

  it('say nothing of stable where it was not counted', () => {
    const alone = measuredStage(20, measuredEachMinute([0.001, 0.002]));
    expect(renderMetrics(alone, metrics, page)).toEqual([
      '    error-rate  ▁▂  0.2 %  max 1 %  pass',
    ]);
  });
});

describe('a page', () => {
  it('is as wide as its terminal', () => {
    expect(pageFor({ isTTY: true, columns: 80 }, {}).columns).toBe(80);
  });

  it.each([
    ['a pipe', {}],
    ['a terminal that does not tell', { isTTY: true, columns: 0 }],
  ])('has lines without end in %s', (_title, stream) => {
    expect(pageFor(stream, {})).not.toHaveProperty('columns');
  });
});
