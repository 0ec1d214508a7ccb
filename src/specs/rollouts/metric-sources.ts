import * as z from 'zod';
import {
  knownPlaceholders,
  unknownPlaceholders,
} from '../../policies/rollouts/analysis/placeholders.ts';
import type { Finding, Unfinished } from '../kernel/finding.ts';
import { judgedBy } from '../kernel/finding.ts';
import { refusal } from '../kernel/given.ts';
import { replicaFacts, type MetricSource } from './metric-source.ts';
import { addressKey } from './traffic.ts';
import { choice, mapping, text } from '../kernel/written.ts';

const promql = (what: string) => text(`write ${what}`);

const prometheusSchema = mapping({
  query: promql('a PromQL query of one number')
    .exactOptional()
    .describe('PromQL query that returns one number.'),
  bad: promql('a selector of counters, such as failures_total{app="shop"}')
    .exactOptional()
    .describe('Selector of the counters of bad requests, without rate().'),
  total: promql('a selector of counters, such as requests_total{app="shop"}')
    .exactOptional()
    .describe('Selector of the counters of all requests, without rate().'),
  address: addressKey,
}).check(judgedBy(judgeQuery), judgedBy(judgePlaceholders));

const httpSchema = mapping({
  url: z
    .string({ error: refusal('write an address such as http://shop/stats') })
    .regex(/^https?:\/\/[^\s@]+$/, {
      error: refusal('write an address such as http://shop/stats, without credentials'),
    })
    .describe('Address to GET; it must return JSON. The placeholders of queries are allowed.'),
  pointer: text(
    'write a JSON pointer such as /cache/hitRate, or "" for the whole',
    /^(?:\/(?:[^~/]|~[01])*)*$/,
  )
    .prefault('')
    .describe('JSON pointer (RFC 6901) to the value. Default: the whole document.'),
  equals: z
    .union([z.string(), z.number(), z.boolean()], {
      error: refusal('write the text, number or boolean that is good'),
    })
    .exactOptional()
    .describe(
      'The metric is 1 if the value equals this, otherwise 0. Default: the value must be a number.',
    ),
}).check(judgedBy(judgePlaceholders));

const placeholders = `${knownPlaceholders.join(', ')} are filled in; a query with {{track}} or {{pods}} runs once for each track.`;

/** The source of a metric, by its key. */
export const sourceKeys = {
  prometheus: prometheusSchema
    .exactOptional()
    .describe(`From a Prometheus server: query, or bad and total. ${placeholders}`),
  http: httpSchema.exactOptional().describe('A value in a JSON document, fetched over HTTP.'),
  replicas: choice(replicaFacts)
    .exactOptional()
    .describe('From the replicas: the number of restarts, or of replicas that are not ready.'),
};

export type WrittenSource = {
  [Key in keyof typeof sourceKeys]?: z.output<(typeof sourceKeys)[Key]>;
};

export function resolveSource({
  prometheus,
  http,
  replicas,
}: WrittenSource): MetricSource | undefined {
  if (prometheus !== undefined) {
    const { query, bad = '', total = '', address } = prometheus;
    const from = address === undefined ? {} : { address };
    return query === undefined
      ? { kind: 'prometheus-counts', bad, total, ...from }
      : { kind: 'prometheus-value', query, ...from };
  }
  if (http !== undefined) return { kind: 'http', ...http };
  return replicas && { kind: 'replicas', what: replicas };
}

function judgePlaceholders(source: Unfinished): Finding[] {
  return ['query', 'bad', 'total', 'url'].flatMap((key) => {
    const { [key]: written } = source;
    const unknown = typeof written === 'string' ? unknownPlaceholders(written) : [];
    return unknown.map((name) => ({
      path: [key],
      message: `there is no placeholder ${name}; known: ${knownPlaceholders.join(', ')}`,
    }));
  });
}

function judgeQuery({ query, bad, total }: Unfinished): Finding[] {
  if (query !== undefined) {
    return bad === undefined && total === undefined
      ? []
      : [
          {
            path: [],
            message: 'query is one number, bad and total are counters; keep one of them',
          },
        ];
  }
  if (bad !== undefined && total !== undefined) return [];
  const message =
    bad === undefined && total === undefined
      ? 'empty; write query, or bad and total'
      : `${bad === undefined ? 'bad' : 'total'} is missing; bad requests are counted of all`;
  return [{ path: [], message }];
}
