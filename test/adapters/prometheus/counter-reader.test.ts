import { expect, test } from 'vitest';
import { readTargets } from '../../../src/adapters/prometheus/counters/read-counters.ts';
import type { Moment } from '../../../src/adapters/prometheus/counters/moment.ts';
import { showSelector } from '../../../src/adapters/prometheus/selectors/selector.ts';
import { parseSelector } from '../../../src/adapters/prometheus/selectors/parse-selector.ts';
import { askedOnce, counterOf } from '../../../src/adapters/prometheus/counter-reader.ts';

const series = (labels: Record<string, string>, value: number) => ({
  labels: { ...labels, job: 'shop', instance: 'a:80' },
  samples: [{ atS: 100, value }],
});
const counters = { requests: 110, errors: 10, latency: { boundsMs: [], counts: [] } };

test('each series of a target is counted by itself', () => {
  const [ok, failed] = [series({ code: '200' }, 100), series({ code: '500' }, 10)];
  const target = {
    ...{ name: 'stable a', source: { track: 'stable' as const, since: 5, counters } },
    ...{ requests: [ok, failed], errors: [failed] },
  };
  const bad = counterOf(target, { of: 'bad', selector: 'failures' });
  expect(bad).toMatchObject({ sinceMs: 5, total: 110, bad: 10 });
  expect(Object.values(bad.series?.total ?? {})).toEqual([100, 10]);
  expect(Object.values(bad.series?.part?.series ?? {})).toEqual([10]);
  expect(counterOf(target, { of: 'good', selector: 'answered' })).toMatchObject({ bad: 100 });
  expect(counterOf(target, undefined)).toMatchObject({ bad: 0 });
});

/** `a` was scraped 5 s ago, and `b` has not answered for two minutes, though it should. */
const requests = (instance: string, newestS: number, value: number) => ({
  labels: { __name__: 'requests_total', job: 'shop', instance },
  samples: [45, 30, 15, 0].map((beforeS) => ({ atS: newestS - beforeS, value })),
});
const atS = 10_000;
const up = ['a:80', 'b:80'].map((instance) => ({
  ...{ labels: { job: 'shop', instance }, samples: [{ atS, value: 1 }] },
}));
const moment = (value: number): Moment => ({
  atS,
  samples: ({ metric }) =>
    Promise.resolve(
      metric === 'requests_total'
        ? [requests('a:80', atS - 5, 100), requests('b:80', atS - 120, 300)]
        : [requests('a:80', atS - 5, value)],
    ),
  sums: () => Promise.resolve([]),
  gauges: ({ metric }) => Promise.resolve(metric === 'up' ? up : []),
});
const plan = {
  tracks: [
    {
      ...{ track: 'stable' as const, targets: 'shared' as const },
      ...{ requests: parseSelector('requests_total'), errors: parseSelector('failures_total') },
    },
  ],
};

test('one replica that does not answer does not blind the objective to the others', async () => {
  const { targets } = await readTargets(plan, moment(7), { leavesOutStale: true });
  expect(targets.map(({ name, source }) => [name, source.counters.requests])).toEqual([
    ['stable shop a:80', 100],
  ]);
  await expect(readTargets(plan, moment(7))).rejects.toThrow('stale');
});

test('more bad requests than requests of one replica are clamped, and blind no objective', async () => {
  const { targets } = await readTargets(plan, moment(130), { leavesOutStale: true });
  expect(targets[0]?.source.counters).toMatchObject({ requests: 100, errors: 130 });
});

test('bad requests that are among all requests are not asked for a second time', async () => {
  const asked: string[] = [];
  const answering: Moment = {
    ...moment(0),
    samples: (selector) => {
      asked.push(showSelector(selector));
      return Promise.resolve([series({ code: '200' }, 100), series({ code: '503' }, 10)]);
    },
  };
  const requests = parseSelector('requests_total{app="shop"}');
  const errors = parseSelector('requests_total{app="shop",code=~"5.."}');
  const once = askedOnce(answering, { requests, errors: parseSelector('failures_total') });
  expect(await once.samples(requests)).toHaveLength(2);
  const part = askedOnce(answering, { requests, errors });
  const all = [series({ app: 'shop', code: '200' }, 100), series({ app: 'shop', code: '503' }, 10)];
  const whole = askedOnce(
    { ...answering, samples: () => Promise.resolve(all) },
    { requests, errors },
  );
  expect(await whole.samples(errors)).toEqual(all.slice(1));
  asked.length = 0;
  await part.samples(errors);
  expect(asked).toEqual(['requests_total{app="shop"}']);
});
