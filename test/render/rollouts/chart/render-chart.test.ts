import { describe, expect, it } from 'vitest';
import { seriesOf } from '../../../../src/render/rollouts/chart/metric-series.ts';
import { renderChart } from '../../../../src/render/rollouts/chart/render-chart.ts';
import {
  errorRate,
  errorRateSeries,
  measuredEachMinute,
  measuredStage,
  minuteMs,
  noon,
} from './measured-stages.ts';

const tracks = { judged: 'canary v2', stable: 'stable v1' };
const draw = (series: ReturnType<typeof errorRateSeries>) =>
  renderChart(series, { id: 'it', tracks });
const linesOf = (svg: string, kind: string) =>
  [...svg.matchAll(new RegExp(`<polyline class="${kind}" points="([^"]*)"`, 'g'))].map(
    ([, points = '']) => points.split(' ').length,
  );

const calm = measuredStage(5, measuredEachMinute([0.001, 0.002, 0.001]));
const failedAt50 = measuredStage(
  50,
  measuredEachMinute([0.002, 0.03, 0.044, 0.001], { fromMs: noon + 20 * minuteMs }),
  {
    kind: 'fail',
    reasons: ['error-rate failed 2 measurements; last: 4.4 % is outside at most 1 %'],
  },
);

describe('the chart of a metric', () => {
  it('names every stage by its weight, in order', () => {
    const svg = draw(errorRateSeries(calm, failedAt50));
    const names = [...svg.matchAll(/class="stage">([^<]*)</g)].map(([, name]) => name);
    expect(names.slice(0, 2)).toEqual(['5 %', '50 %']);
  });

  it('never draws a line from one stage to the next', () => {
    expect(linesOf(draw(errorRateSeries(calm, failedAt50)), 'judged')).toEqual([3, 4]);
  });

  it('never draws a line across missing data, and marks where it is missing', () => {
    const gap = measuredStage(5, measuredEachMinute([0.001, 0.002, null, null, 0.001, 0.001]));
    const svg = draw(errorRateSeries(gap));
    expect(linesOf(svg, 'judged')).toEqual([2, 2]);
    expect(svg.match(/class="missing"><title>/g)).toHaveLength(2);
    expect(svg).toContain('12:02:00: no data, 0 requests, the canary received no requests');
  });

  it('draws stable beside the canary where stable was counted', () => {
    const compared = measuredEachMinute([0.001, 0.002, 0.001]).map((each, index) => ({
      ...each,
      ...(index < 2 && { stable: 0.0015 }),
    }));
    const svg = draw(errorRateSeries(measuredStage(5, compared)));
    expect(linesOf(svg, 'stable')).toEqual([2]);
    expect(svg).toContain('>stable v1</text>');
    expect(draw(errorRateSeries(calm))).not.toContain('stable v1');
  });

  it('marks the point that decided, and says its value', () => {
    const svg = draw(errorRateSeries(calm, failedAt50));
    expect(svg).toContain('decided by 4.4 % at 12:22:00 UTC');
    expect(svg.match(/<circle class="decided" cx/g)).toHaveLength(1);
  });

  it('marks the last point of a metric that was judged by counts', () => {
    const counted = measuredStage(20, measuredEachMinute([0.02, 0.03], { max: 1 }), {
      kind: 'fail',
      reasons: ['error-rate: canary 2.5 % of 200 requests failed'],
    });
    expect(draw(errorRateSeries(counted))).toContain('decided by 3 % at 12:01:00 UTC');
  });

  it('marks no point of a metric that the verdict does not speak of', () => {
    const other = { kind: 'fail', reasons: ['error-rate.5 failed 2 measurements'] } as const;
    const stage = { ...failedAt50, verdict: { ...other, reasons: [...other.reasons] } };
    expect(draw(errorRateSeries(stage))).not.toContain('class="decided"');
  });

  it('draws the bound as a line of its own and names it with its unit', () => {
    const svg = draw(errorRateSeries(calm));
    expect(svg).toContain('>max 1 %</text>');
    expect(svg.match(/class="bound"/g)).toHaveLength(2);
  });

  it('can be read aloud', () => {
    const svg = draw(errorRateSeries(calm));
    expect(svg).toContain('role="img" aria-labelledby="it-title it-desc"');
    expect(svg).toContain('>error-rate of canary v2, beside max 1 %</title>');
    expect(svg).toContain('>5 %: 3 measurements, 0.1 % to 0.2 %.</desc>');
  });

  it('says how many measurements of a long hold are drawn', () => {
    const long = { ...calm, tallies: { 'error-rate': { passed: 290, failed: 0, noData: 10 } } };
    expect(draw(errorRateSeries(long))).toContain('3 of 300 measurements');
  });

  it('has room for every stage, however many there are', () => {
    const many = Array.from({ length: 20 }, (_, index) =>
      measuredStage(index, measuredEachMinute([0.001], { fromMs: noon + index * minuteMs })),
    );
    const svg = draw(errorRateSeries(...many));
    expect(Number(/ width="(\d+)"/.exec(svg)?.[1])).toBeGreaterThan(20 * 70);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it.each([
    ['nothing but missing data', [null, null]],
    ['one measurement', [0.001]],
    ['nothing but zeros', [0, 0]],
  ])('can be drawn of %s', (_title, values) => {
    const svg = draw(errorRateSeries(measuredStage(5, measuredEachMinute(values))));
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('contains names only as text, whatever is in them', () => {
    const evil = '"><script>alert(1)</script>&\u0000';
    const stages = [measuredStage(5, measuredEachMinute([0.1], { metric: evil }))];
    const [series] = seriesOf({ kind: 'canary', stages, metrics: [{ ...errorRate, name: evil }] });
    const svg = renderChart(series!, { id: 'it', tracks: { judged: evil, stable: evil } });
    expect(svg).not.toContain('<script');
    expect(svg).not.toContain('\u0000');
    expect(svg).toContain('&lt;script&gt;');
  });

  it('shows the numbers of other sources as they are', () => {
    const metric = { name: 'queue', measure: { kind: 'value' }, max: 100 } as const;
    const stages = [measuredStage(5, measuredEachMinute([17, 80], { metric: 'queue', max: 100 }))];
    const [series] = seriesOf({ kind: 'canary', stages, metrics: [metric] });
    expect(draw(series!)).toContain('2 measurements, 17 to 80.');
  });
});

it('charts come in the order of the spec, and only of what was measured', () => {
  const both = [
    ...measuredEachMinute([40], { metric: 'p99', max: 500 }),
    ...measuredEachMinute([0.001]),
  ];
  const metrics = ['success-rate', 'error-rate'].map((name) => ({ ...errorRate, name }));
  const series = seriesOf({ kind: 'canary', stages: [measuredStage(5, both)], metrics });
  expect(series.map(({ metric }) => metric)).toEqual(['error-rate', 'p99']);
});
