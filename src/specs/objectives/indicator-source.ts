import * as z from 'zod';
import { judgedBy, type Finding, type Unfinished } from '../kernel/finding.ts';
import { refusal } from '../kernel/given.ts';
import { duration, idPart, listOf, mapping, text, wholeNumber } from '../kernel/written.ts';
import type { IndicatorSource } from './objective.ts';
import { mayExceed, readSelector } from './selector-labels.ts';

const selector = (of: string) => text(`write a selector of counters, such as ${of}`);

const prometheusSchema = mapping(
  {
    total: selector('requests_total{app="shop"}')
      .exactOptional()
      .describe('Selector of the counters of all requests, without rate().'),
    bad: selector('failures_total{app="shop"}')
      .exactOptional()
      .describe('Selector of the counters of bad requests.'),
    good: selector('successes_total{app="shop"}')
      .exactOptional()
      .describe('Selector of the counters of good requests, in place of bad.'),
    histogram: selector('request_duration_seconds{app="shop"}')
      .exactOptional()
      .describe(
        'Of a latency, in place of total: the histogram, without _bucket or _count. It must have a bucket that ends at `below`.',
      ),
  },
  {
    query: 'write the selectors of counters, bad and total: Belay computes the differences itself',
    address: 'leave it out: the server that the settings of the worker name is asked',
    errors: 'write bad',
    requests: 'write total',
  },
).check(judgedBy(judgeSelectors));

const timing = {
  timeout: duration(1, 30_000).prefault('5s').describe('Longest wait for an answer. Default: 5s.'),
  every: duration(1_000, 60_000).prefault('15s').describe('Between two requests. Default: 15s.'),
};

const httpSchema = mapping(
  {
    url: z
      .string({ error: refusal('write an address such as https://shop.example.com/health') })
      .regex(/^https?:\/\/[^\s@]+$/, {
        error: refusal('write an address such as https://shop.example.com/health, no credentials'),
      })
      .describe('Address to GET.'),
    status: wholeNumber(100, 599)
      .exactOptional()
      .describe('The only status that is good. Default: any from 200 to 399.'),
    ...timing,
  },
  { interval: 'write every', method: 'leave it out: it is GET', path: 'write it in url' },
);

const tcpSchema = mapping(
  {
    host: text('write a host name or an IP address', /^[^\s/@]+$/).describe('Where to connect to.'),
    port: wholeNumber(1, 65_535).describe('Which port.'),
    ...timing,
  },
  { interval: 'write every', address: 'write host and port' },
);

const pushedSchema = mapping(
  {
    silentAfter: duration(2 * 60_000, 7 * 86_400_000)
      .exactOptional()
      .describe('Nothing pushed for so long is told to people. Default: that of the monitor.'),
  },
  {
    heartbeat: 'write silentAfter',
    timeout: 'write silentAfter',
    every: 'leave it out: what is pushed says which minute it is about',
  },
);

const member = idPart('objective');
const writeMembers = 'write a list of 2 to 20 names of objectives of this monitor';

/** The source of an objective, by its key. */
export const sourceKeys = {
  prometheus: prometheusSchema
    .exactOptional()
    .describe('Counters of a Prometheus server: bad or good, and total; or a histogram.'),
  platform: z
    .literal('local', { error: refusal('write local, or another source') })
    .exactOptional()
    .describe('local: what the router of the local platform counts of the service.'),
  http: httpSchema.exactOptional().describe('A probe that the worker sends over HTTP.'),
  tcp: tcpSchema.exactOptional().describe('A probe that the worker sends over TCP.'),
  pushed: pushedSchema
    .exactOptional()
    .describe('Counts of whole minutes that are sent to the gateway, POST /v1/indicators.'),
  composite: listOf(member, writeMembers)
    .min(2, { error: writeMembers })
    .max(20, { error: writeMembers })
    .exactOptional()
    .describe('Names of other objectives: a minute is good if it was good for each of them.'),
};

export const sourceNames = [
  ...(['prometheus', 'platform', 'http', 'tcp', 'pushed', 'composite'] as const),
] as const;

export type WrittenSource = {
  [Key in keyof typeof sourceKeys]?: z.output<(typeof sourceKeys)[Key]>;
};

/** Of a spec without problems. */
export function resolveSource(
  { prometheus, http, tcp, pushed, composite }: WrittenSource,
  belowMs = 0,
): IndicatorSource {
  if (http !== undefined) {
    const { url, status, timeout: timeoutMs, every: everyMs } = http;
    return { of: 'http', url, ...(status !== undefined && { status }), timeoutMs, everyMs };
  }
  if (tcp !== undefined) {
    const { host, port, timeout: timeoutMs, every: everyMs } = tcp;
    return { of: 'tcp', host, port, timeoutMs, everyMs };
  }
  if (pushed !== undefined) {
    const { silentAfter: silentAfterMs } = pushed;
    return { of: 'pushed', ...(silentAfterMs !== undefined && { silentAfterMs }) };
  }
  if (composite !== undefined) return { of: 'composite', members: composite };
  if (prometheus === undefined) return { of: 'platform' };
  const { total = '', bad, good, histogram } = prometheus;
  if (histogram !== undefined) return bucketsOf(histogram, belowMs);
  if (bad !== undefined) return { of: 'prometheus', total, part: { of: 'bad', selector: bad } };
  if (good !== undefined) return { of: 'prometheus', total, part: { of: 'good', selector: good } };
  return { of: 'prometheus', total };
}

function bucketsOf(histogram: string, belowMs: number): IndicatorSource {
  const { metric = '', matchers = [] } = readSelector(histogram) ?? {};
  const seconds = String(belowMs / 1_000);
  const bound = seconds.includes('.')
    ? `le="${seconds}"`
    : // Whole seconds are written as 1 or as 1.0.
      `le=~"${seconds}(\\\\.0)?"`;
  return {
    of: 'prometheus',
    total: `${metric}_count{${matchers.join(',')}}`,
    part: { of: 'good', selector: `${metric}_bucket{${[...matchers, bound].join(',')}}` },
  };
}

function judgeSelectors(written: Unfinished): Finding[] {
  const { total, bad, good, histogram } = written;
  const given = ['total', 'bad', 'good', 'histogram'].filter((key) => written[key] !== undefined);
  const unreadable = given.flatMap((key): Finding[] => {
    const { [key]: selected } = written;
    if (typeof selected !== 'string' || selected.trim() === '' || readSelector(selected)) return [];
    const message = `is no selector of counters; write one such as http_requests_total{job="shop"}, without sum or rate, because Belay computes the differences itself`;
    return [{ path: [key], message }];
  });
  if (histogram !== undefined) {
    const foreign = given.filter((key) => key !== 'histogram');
    return [
      ...unreadable,
      ...foreign.map((key) => ({
        path: [key],
        message: 'is given beside histogram, which has both; keep one of them',
      })),
    ];
  }
  const both = bad !== undefined && good !== undefined;
  return [
    ...unreadable,
    ...(total === undefined
      ? [{ path: [], message: 'total is missing; write the selector of all requests' }]
      : []),
    ...(both ? [{ path: ['good'], message: 'is given beside bad; keep one of them' }] : []),
    ...(['bad', 'good'] as const).flatMap((key) => judgePart(key, written[key], total)),
  ];
}

/** What counts more than its total would give shares above 100 %. */
function judgePart(key: 'bad' | 'good', part: unknown, total: unknown): Finding[] {
  if (typeof part !== 'string' || typeof total !== 'string') return [];
  if (part.replaceAll(/\s/g, '') === total.replaceAll(/\s/g, '')) {
    return [{ path: [key], message: 'is the same as total; add the label that tells them apart' }];
  }
  if (!mayExceed(part, total)) return [];
  const message = `can exceed total: it selects series that total does not; repeat all labels of total in it`;
  return [{ path: [key], message }];
}
