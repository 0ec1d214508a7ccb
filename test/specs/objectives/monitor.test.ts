import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { resolveAgainst } from '../../../src/specs/kernel/resolve.ts';
import { sloMonitorSchema } from '../../../src/specs/objectives/monitor.ts';

const counters = { bad: 'failures_total{app="shop"}', total: 'requests_total{app="shop"}' };
const objective = (more: object = {}) => ({
  ...{ name: 'checkout', service: 'shop', indicator: 'availability', prometheus: counters },
  ...more,
});
const monitor = (objectives: object[], more: object = {}) =>
  resolveAgainst(sloMonitorSchema, { environment: 'prod', objectives, ...more });

const resolved = (objectives: object[], more: object = {}) => {
  const result = monitor(objectives, more);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.spec;
};

const problems = (objectives: object[], more: object = {}) => {
  const result = monitor(objectives, more);
  if (result.ok) throw new Error('it was accepted');
  return result.problems.map(({ path, message }) => `${path}: ${message}`);
};

describe('the spec of a monitor', () => {
  it('has the usual targets where only indicators are written', () => {
    const { objectives } = resolved([
      objective(),
      objective({ name: 'errors', indicator: 'errorRate' }),
      objective({ name: 'fast', indicator: 'p95', prometheus: { histogram: 'seconds' } }),
      objective({ name: 'slow', indicator: 'p99', prometheus: { histogram: 'seconds' } }),
      objective({ name: 'busy', indicator: 'throughput', prometheus: { total: 'requests' } }),
    ]);
    const day = 86_400_000;
    const shown = objectives.map(({ indicator, comparison, target, window, belowMs }) => [
      ...[indicator, comparison, target, 'lengthMs' in window && window.lengthMs, belowMs],
    ]);
    expect(shown).toEqual([
      ['availability', 'atLeast', 0.999, 30 * day, undefined],
      ['errorRate', 'atMost', 0.001, 30 * day, undefined],
      ['latency', 'atLeast', 0.95, 30 * day, 200],
      ['latency', 'atLeast', 0.99, 30 * day, 500],
      ['throughput', 'atLeast', 1_000, 300_000, undefined],
    ]);
  });

  it('reads a latency from the bucket of its histogram', () => {
    const { objectives } = resolved([
      objective({ indicator: 'p95', prometheus: { histogram: 'seconds{app = "shop"}' } }),
      objective({ name: 'two', indicator: 'p99', below: '2s', prometheus: { histogram: 's' } }),
    ]);
    expect(objectives.map(({ source }) => source)).toEqual([
      {
        ...{ of: 'prometheus', total: 'seconds_count{app="shop"}' },
        part: { of: 'good', selector: 'seconds_bucket{app="shop",le="0.2"}' },
      },
      {
        ...{ of: 'prometheus', total: 's_count{}' },
        part: { of: 'good', selector: 's_bucket{le=~"2(\\\\.0)?"}' },
      },
    ]);
  });

  it('takes calendars of a zone, that of the monitor where an objective has none', () => {
    const { objectives } = resolved(
      [
        objective({ window: 'month' }),
        objective({ name: 'there', window: 'quarter', zone: 'Asia/Tokyo' }),
      ],
      { zone: 'Europe/Berlin' },
    );
    expect(objectives.map(({ window }) => window)).toEqual([
      { of: 'calendar', unit: 'month', zone: 'Europe/Berlin' },
      { of: 'calendar', unit: 'quarter', zone: 'Asia/Tokyo' },
    ]);
  });

  it('takes probes of its own, and the local platform', () => {
    const { objectives } = resolved(
      [
        objective({ prometheus: undefined, platform: 'local' }),
        objective({ name: 'web', prometheus: undefined, http: { url: 'https://shop/health' } }),
        objective({ name: 'db', prometheus: undefined, tcp: { host: 'db', port: 5432 } }),
      ].map((each) => JSON.parse(JSON.stringify(each)) as object),
    );
    expect(objectives.map(({ source }) => source)).toEqual([
      { of: 'platform' },
      { of: 'http', url: 'https://shop/health', timeoutMs: 5_000, everyMs: 15_000 },
      { of: 'tcp', host: 'db', port: 5432, timeoutMs: 5_000, everyMs: 15_000 },
    ]);
  });

  it('lists every problem at once', () => {
    expect(
      problems(
        [
          objective({ target: '100%' }),
          objective({ target: '0.999', window: '400d' }),
          objective({ name: 'a', window: 'year', zone: 'Europe/Berlln' }),
          objective({ name: 'b', indicator: 'errorRate', comparison: 'atLeast', below: '1s' }),
          objective({ name: 'c', indicator: 'latency' }),
          objective({ name: 'd', comparison: 'equal', budgetGate: true }),
          { name: 'e', service: 'shop', indicator: 'availability' },
          objective({ name: 'f', prometheus: { query: 'sum(rate(x[5m]))' } }),
          objective({ name: 'g', window: '90s' }),
        ],
        { zone: 'CET+1', keepMinutes: '90d', name: 'shop' },
      ),
    ).toMatchInlineSnapshot(`
      [
        "zone: "CET+1" is no IANA time zone; write one such as Europe/Berlin, or UTC",
        "objectives[0].target: "100%" leaves no error budget, and the first failure breaks it; write less, such as 99.99%",
        "objectives[1].window: "400d" is too long; at most 366d; or write day, week, month, quarter, year",
        "objectives[1].target: "0.999" is no percentage; write a percentage such as 99.9%",
        "objectives[2].zone: "Europe/Berlln" is no IANA time zone; did you mean "Europe/Berlin"?",
        "objectives[3].below: is for latencies, and this is errorRate; leave it out",
        "objectives[3].comparison: an error rate of at least its target is met by a service that fails; write atMost",
        "objectives[4].target: missing; write the share of requests, such as 99%",
        "objectives[5].within: missing; no measurement is exactly its target: write how far off it may be, such as 5%",
        "objectives[5].budgetGate: comparison: equal has no error budget; leave it out",
        "objectives[6]: has no source; write one of prometheus, platform, http, tcp, pushed, composite",
        "objectives[7].prometheus.query: write the selectors of counters, bad and total: Belay computes the differences itself",
        "objectives[7].prometheus: total is missing; write the selector of all requests",
        "objectives[8].window: "90s" is too short; at least 5m; or write day, week, month, quarter, year",
        "name: leave it out: an environment has one monitor",
        "objectives[1].name: checkout is the name of another objective; give each its own",
        "objectives[2].window: is longer than minutes are kept (90d), so it could never be measured whole; shorten it, or raise keepMinutes",
      ]
    `);
  });

  it('refuses what may count more than its total', () => {
    const selectors = (bad: string, total = 'requests_total{app="shop",zone="a"}') =>
      objective({ prometheus: { bad, total } });
    expect(problems([selectors('requests_total{app="shop",code="500"}')])).toEqual([
      'objectives[0].prometheus.bad: can exceed total: it selects series that total does not; repeat all labels of total in it',
    ]);
    expect(problems([selectors('requests_total{app="shop", zone="a"}')])).toEqual([
      'objectives[0].prometheus.bad: is the same as total; add the label that tells them apart',
    ]);
    expect(monitor([selectors('requests_total{app="shop",zone="a",code="500"}')])).toMatchObject({
      ok: true,
    });
  });

  it('refuses rates: Belay computes differences by itself', () => {
    const rates = { bad: 'rate(failures_total[5m])', total: 'sum(requests_total)' };
    const found = problems([objective({ prometheus: rates })]);
    expect(found).toHaveLength(2);
    expect(found[1]).toContain('objectives[0].prometheus.bad: is no selector of counters');
  });

  it('refuses a window that is longer than minutes are kept', () => {
    expect(problems([objective({ window: 'quarter' })], { keepMinutes: '90d' })).toEqual([
      'objectives[0].window: is longer than minutes are kept (90d), so it could never be measured whole; shorten it, or raise keepMinutes',
    ]);
  });
});

describe('an objective whose counts are pushed', () => {
  const pushed = (more: object = {}) => {
    const { prometheus: _, ...rest } = objective(more);
    return { ...rest, pushed: {}, ...more };
  };

  it('is as silent as its monitor allows, unless it says otherwise', () => {
    const { objectives } = resolved([
      pushed(),
      pushed({ name: 'two', pushed: { silentAfter: '5m' } }),
    ]);
    expect(objectives.map(({ source }) => source)).toEqual([
      { of: 'pushed' },
      { of: 'pushed', silentAfterMs: 300_000 },
    ]);
  });

  it('may be a latency or a throughput: whoever counts says what is slow', () => {
    const { objectives } = resolved([
      pushed({ indicator: 'latency', target: '99%' }),
      pushed({ name: 'busy', indicator: 'throughput', target: 5 }),
    ]);
    expect(objectives.map(({ indicator }) => indicator)).toEqual(['latency', 'throughput']);
  });

  it('has no other source, and no limit that one late push exceeds', () => {
    expect(
      problems([
        objective({ pushed: {} }),
        pushed({ name: 'two', pushed: { silentAfter: '30s', every: '1m' } }),
      ]),
    ).toEqual([
      'objectives[0]: has prometheus and pushed; keep one source',
      expect.stringContaining('objectives[1].pushed.silentAfter'),
      expect.stringContaining('objectives[1].pushed'),
    ]);
  });
});

const examples = new URL('../../../examples/objectives/', import.meta.url);

describe('the examples', () => {
  const specs = readdirSync(examples).filter((name) => name.endsWith('.yaml'));
  it.each(specs)('%s can be used as it is', (file) => {
    const input: unknown = parse(readFileSync(new URL(file, examples), 'utf8'));
    expect(resolveAgainst(sloMonitorSchema, input)).toMatchObject({ ok: true });
  });
});

describe('a composite', () => {
  const composite = (members: unknown, more: object = {}) => {
    const { prometheus: _, ...rest } = objective({ name: 'shop-works', ...more });
    return { ...rest, composite: members };
  };
  const two = [objective(), objective({ name: 'baskets' })];

  it('names other objectives of its monitor', () => {
    const { objectives } = resolved([...two, composite(['checkout', 'baskets'])]);
    expect(objectives[2]?.source).toEqual({ of: 'composite', members: ['checkout', 'baskets'] });
  });

  it.each([
    [composite(['checkout', 'chekout']), /composite\[1\]: no objective .* is called chekout/],
    [composite(['checkout', 'checkout']), /composite\[1\]: checkout is there twice/],
    [composite(['checkout', 'shop-works']), /composite\[1\]: shop-works is a composite/],
    [composite(['checkout']), /write a list of 2 to 20 names/],
    [composite(['checkout', 'baskets'], { indicator: 'errorRate' }), /write availability/],
  ])('is refused where it cannot be meant: %j', (written, problem) => {
    expect(problems([...two, written]).join('\n')).toMatch(problem);
  });
});

it('hours of business are refused, so that 8x5 of a contract is never computed as 24x7', () => {
  expect(problems([objective({ hours: '8x5' })]).join()).toMatch(/hours: .*every hour counts/);
});
