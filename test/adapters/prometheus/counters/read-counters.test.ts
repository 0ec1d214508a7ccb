import { describe, expect, it } from 'vitest';
import type { PrometheusSeries } from '../../../../src/adapters/prometheus/client/answer.ts';
import type {
  CountersPlan,
  TrackPlan,
} from '../../../../src/adapters/prometheus/counters/counters-plan.ts';
import type { Moment } from '../../../../src/adapters/prometheus/counters/moment.ts';
import { readCounters } from '../../../../src/adapters/prometheus/counters/read-counters.ts';
import { parseSelector } from '../../../../src/adapters/prometheus/selectors/parse-selector.ts';
import { matching, type Selector } from '../../../../src/adapters/prometheus/selectors/selector.ts';
import { SourceError } from '../../../../src/contracts/rollouts/metric-reader.ts';

const nowS = 10_000;

/** Scraped every 15 s, the last time so many seconds ago. */
function scraped(
  written: string,
  value: number,
  { agoS = 5, times = 4 }: { agoS?: number; times?: number } = {},
): PrometheusSeries {
  const { metric, matchers } = parseSelector(written);
  const labels = Object.fromEntries(matchers.map(({ label, value }) => [label, value]));
  const samples = Array.from({ length: times }, (_, i) => ({
    atS: nowS - agoS - 15 * (times - 1 - i),
    value: i === times - 1 ? value : 0,
  }));
  return { labels: { ...labels, __name__: metric }, samples };
}

/** A server that has these series, and forgets their names when it aggregates them. */
function moment(...all: PrometheusSeries[]): Moment {
  const select = (selector: Selector) =>
    all.filter(
      ({ labels }) => labels['__name__'] === selector.metric && matching(selector)(labels),
    );
  const newest = async (selector: Selector) =>
    select(selector).map(({ labels: { __name__: _, ...labels }, samples }) => ({
      labels,
      samples: samples.slice(-1),
    }));
  return { atS: nowS, samples: async (selector) => select(selector), sums: newest, gauges: newest };
}

const track = (name: 'stable' | 'canary', more: Partial<TrackPlan> = {}): TrackPlan => ({
  track: name,
  requests: parseSelector(`requests{track="${name}"}`),
  errors: { codeLabels: ['code', 'status'] },
  latency: { buckets: parseSelector(`took_bucket{track="${name}"}`), unitMs: 1_000 },
  targets: 'shared',
  ...more,
});
const both: CountersPlan = { tracks: [track('stable'), track('canary')] };
const at = (instance: string) => `job="j",instance="${instance}"`;
const up = (instance: string, more = '') => scraped(`up{${at(instance)}${more}}`, 1);

async function failure(reading: Promise<unknown>): Promise<string> {
  const error: unknown = await reading.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof SourceError ? error.message : `not a SourceError: ${String(error)}`;
}

describe('the counters of a track', () => {
  it('are summed over codes and paths, separately for each target', async () => {
    const { sources, takenAtMs } = await readCounters(
      { tracks: [track('stable')] },
      moment(
        scraped(`requests{track="stable",code="200",path="/a",${at('a')}}`, 10),
        scraped(`requests{track="stable",code="200",path="/b",${at('a')}}`, 5),
        scraped(`requests{track="stable",code="503",path="/b",${at('a')}}`, 2),
        scraped(`requests{track="stable",status="5xx",${at('b')}}`, 7),
        scraped(`took_bucket{track="stable",le="0.1",${at('a')}}`, 11),
        scraped(`took_bucket{track="stable",le="+Inf",${at('a')}}`, 17),
        scraped(`process_start_time_seconds{${at('a')}}`, 9_000.5),
        scraped(`process_start_time_seconds{${at('c')}}`, 1),
      ),
    );
    expect(takenAtMs).toBe(10_000_000);
    expect(sources).toEqual({
      'stable j a': {
        track: 'stable',
        since: 9_000_500,
        counters: {
          requests: 17,
          errors: 2,
          latency: { boundsMs: [100, null], counts: [11, 17] },
        },
      },
      'stable j b': {
        track: 'stable',
        counters: { requests: 7, errors: 7, latency: { boundsMs: [], counts: [] } },
      },
    });
  });

  it('count errors by a separate selector', async () => {
    const plan = { tracks: [track('canary', { errors: parseSelector('bad{track="canary"}') })] };
    const total = scraped(`requests{track="canary",${at('a')}}`, 10);
    const { sources } = await readCounters(
      plan,
      moment(total, scraped(`bad{track="canary",${at('a')}}`, 3)),
    );
    expect(sources['canary j a']?.counters).toMatchObject({ requests: 10, errors: 3 });
    const more = moment(total, scraped(`bad{track="canary",${at('a')}}`, 11));
    expect(await failure(readCounters(plan, more))).toBe(
      'j a has counted 11 bad requests and only 10 in total; total has to include the bad ones',
    );
  });

  it('are 0 at a router that has counted only the other track', async () => {
    const { sources } = await readCounters(
      both,
      moment(scraped(`requests{track="stable",code="200",${at('a')}}`, 10)),
    );
    expect(sources['canary j a']).toMatchObject({
      track: 'canary',
      counters: { requests: 0, errors: 0 },
    });
  });

  it('are 0 for a pod that is scraped and has counted nothing, not for one that is down', async () => {
    const own = track('canary', { targets: parseSelector('up{pod=~"shop-canary-.+"}') });
    const plan = { tracks: [track('stable', { targets: 'unknown' }), own] };
    const down = scraped(`up{pod="shop-canary-2",${at('c')}}`, 0);
    const { sources } = await readCounters(
      plan,
      moment(
        scraped(`requests{track="stable",code="200",${at('a')}}`, 10),
        up('b', ',pod="shop-canary-1"'),
        down,
        scraped(`process_start_time_seconds{${at('b')}}`, 9_990),
      ),
    );
    expect(Object.keys(sources)).toEqual(['stable j a', 'canary j b shop-canary-1']);
    expect(sources['canary j b shop-canary-1']).toMatchObject({
      since: 9_990_000,
      counters: { requests: 0 },
    });
    expect((await readCounters({ tracks: [own] }, moment(down))).sources).toEqual({});
  });

  it('that are NaN are named', async () => {
    const reading = readCounters(
      both,
      moment(scraped(`requests{track="stable",code="200",${at('a')}}`, NaN)),
    );
    expect(await failure(reading)).toBe(
      'the counter requests{track="stable",code="200",job="j",instance="a"} is NaN',
    );
  });

  it('without a status code are an error', async () => {
    const reading = readCounters(both, moment(scraped(`requests{track="stable",${at('a')}}`, 1)));
    expect(await failure(reading)).toMatch(/has none of the labels code, status, so errors/);
  });

  it('that count for both tracks are refused', async () => {
    const all = { requests: parseSelector('requests') };
    const reading = readCounters(
      { tracks: [track('stable', all), track('canary', all)] },
      moment(scraped(`requests{code="200",${at('a')}}`, 1)),
    );
    expect(await failure(reading)).toMatch(/selectors of stable and canary both match requests{/);
  });

  it('without any series or target are an error, not a service without requests', async () => {
    expect(await failure(readCounters(both, moment(up('a'))))).toBe(
      'no series match requests{track="stable"} or requests{track="canary"}: the labels are wrong, Prometheus does not scrape the targets, or the service has received no requests yet',
    );
  });
});

describe('a target that has not been seen for more than two scrapes', () => {
  const stale = scraped(`requests{track="canary",code="200",${at('b')}}`, 10, { agoS: 95 });
  const fresh = scraped(`requests{track="stable",code="200",${at('a')}}`, 10);

  it('although it should be, makes all counters unknown', async () => {
    expect(await failure(readCounters(both, moment(fresh, stale, up('b'))))).toBe(
      'stale: the newest sample of j b is 95 s old, scraped every 15 s',
    );
  });

  it('because it is gone, is ignored', async () => {
    const { sources } = await readCounters(both, moment(fresh, stale, up('a')));
    expect(Object.keys(sources)).toEqual(['stable j a', 'canary j a']);
  });

  it('does not count as gone if no other target was seen either', async () => {
    expect(await failure(readCounters(both, moment(stale)))).toMatch(/^stale: .* 95 s old/);
  });

  it('is judged by its own scrape interval', async () => {
    const slow = scraped(`requests{track="canary",code="200",${at('b')}}`, 10, { agoS: 30 });
    await expect(readCounters(both, moment(fresh, slow, up('b')))).resolves.toBeDefined();
    const late = scraped(`requests{track="canary",code="200",${at('b')}}`, 10, { agoS: 32 });
    expect(await failure(readCounters(both, moment(fresh, late, up('b'))))).toMatch(/^stale/);
  });

  it('is judged by the interval of the others if it was seen once', async () => {
    const once = { agoS: 50, times: 1 };
    const newborn = scraped(`requests{track="canary",code="200",${at('b')}}`, 1, once);
    expect(await failure(readCounters(both, moment(fresh, newborn, up('b'))))).toBe(
      'stale: the newest sample of j b is 50 s old',
    );
    await expect(readCounters(both, moment(newborn, up('b')))).resolves.toBeDefined();
  });

  it('does not count series that have ended', async () => {
    const ended = scraped(`requests{track="stable",code="500",${at('a')}}`, 90, { agoS: 50 });
    const { sources } = await readCounters(both, moment(fresh, ended));
    expect(sources['stable j a']?.counters).toMatchObject({ requests: 10, errors: 0 });
  });
});

describe('what a server that a spec names has in its labels', () => {
  const secret = 'eyJhbGciOiJIUzI1NiJ9';
  const hidden = (series: PrometheusSeries) => ({ ...series, isHidden: true as const });
  const failing = [
    scraped(`requests{track="stable",note="${secret}",${at(secret)},code="200"}`, NaN),
    scraped(`requests{track="stable",note="${secret}",${at(secret)}}`, 1),
    scraped(`requests{track="stable",note="${secret}",${at(secret)},code="200"}`, 1, { agoS: 200 }),
    { ...scraped(`requests{track="stable",note="${secret}",${at(secret)}}`, 1), labels: {} },
  ];

  it.each(failing)('is quoted in no message', async (series) => {
    const asked = { ...moment(), samples: async () => [hidden(series)] };
    const message = await failure(readCounters({ tracks: [track('stable')] }, asked));
    expect(message).not.toContain(secret);
    expect(message).not.toBe('');
  });

  it('names no source of a snapshot, which stays the same from one to the next', async () => {
    const series = scraped(`requests{track="stable",${at(secret)},code="200"}`, 1);
    const asked = { ...moment(), samples: async () => [hidden(series)] };
    const plan = { tracks: [track('stable')] };
    const [first, second] = [await readCounters(plan, asked), await readCounters(plan, asked)];
    expect(JSON.stringify(first)).not.toContain(secret);
    expect(second.sources).toEqual(first.sources);
  });

  it('is cut in a message about a server that the settings name', async () => {
    const long = 'x'.repeat(5_000);
    const series = scraped(`requests{track="stable",note="${long}",${at(long)}}`, 1);
    const message = await failure(readCounters({ tracks: [track('stable')] }, moment(series)));
    expect(message).toMatch(/^requests\{.*has none of the labels code, status/);
    expect(message.length).toBeLessThan(500);
  });
});
