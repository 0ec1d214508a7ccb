import { expect, test } from 'vitest';
import { counterOf } from '../../../src/adapters/prometheus/counter-reader.ts';

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
