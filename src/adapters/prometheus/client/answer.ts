import * as z from 'zod';

/** One series; in an instant vector it has one sample. */
export interface PrometheusSeries {
  labels: Readonly<Record<string, string>>;
  /** Oldest first. */
  samples: readonly PrometheusSample[];
  /** It contains native histograms, which are not numbers and are omitted from its samples. */
  hasHistograms?: true;
  /** No message may quote its labels: the author of a spec chose the server. */
  isHidden?: true;
}

export interface PrometheusSample {
  /** Unix seconds. */
  atS: number;
  value: number;
}

export type Result =
  | { kind: 'scalar'; sample: PrometheusSample }
  | { kind: 'vector' | 'matrix'; series: PrometheusSeries[] }
  | { kind: 'string' };

export interface Answer {
  result: Result;
  /** Warnings that part of the result may be missing or wrong; without Prometheus' infos. */
  warnings: string[];
}

type Written = [atS: number, value: string];

const sample = z.custom<Written>(isWritten).transform(parseSample);
/** There are many thousands, so they are checked one by one without a schema for each. */
const samples = z
  .custom<Written[]>((all) => Array.isArray(all) && all.every(isWritten))
  .transform((all) => all.map(parseSample));
const labels = z.record(z.string(), z.string());
const histograms = { histogram: z.unknown().optional(), histograms: z.unknown().optional() };
const vector = z
  .object({ metric: labels, value: sample.optional(), ...histograms })
  .refine(({ value, histogram }) => value !== undefined || histogram !== undefined)
  .transform(({ value, ...rest }) => toSeries(rest, value === undefined ? [] : [value]));
const matrix = z
  .object({ metric: labels, values: samples.optional(), ...histograms })
  .refine(({ values, histograms: all }) => values !== undefined || all !== undefined)
  .transform(({ values = [], ...rest }) => toSeries(rest, values));

function toSeries(
  { metric, histogram, histograms: all }: SeriesAround,
  samples: PrometheusSample[],
): PrometheusSeries {
  const hasHistograms = histogram !== undefined || all !== undefined;
  return { labels: metric, samples, ...(hasHistograms && { hasHistograms }) };
}

interface SeriesAround {
  metric: Record<string, string>;
  histogram?: unknown;
  histograms?: unknown;
}

const result = z
  .discriminatedUnion('resultType', [
    z.object({ resultType: z.literal('scalar'), result: sample }),
    z.object({ resultType: z.literal('vector'), result: z.array(vector) }),
    z.object({ resultType: z.literal('matrix'), result: z.array(matrix) }),
    z.object({ resultType: z.literal('string'), result: z.unknown() }),
  ])
  .transform((data): Result => {
    if (data.resultType === 'string') return { kind: 'string' };
    if (data.resultType === 'scalar') return { kind: 'scalar', sample: data.result };
    return { kind: data.resultType, series: data.result };
  });

const answer = z.object({
  status: z.literal('success'),
  data: result,
  warnings: z.array(z.string()).optional(),
  /** The form that VictoriaMetrics uses. */
  isPartial: z.boolean().optional(),
});

const refusal = z.object({
  status: z.literal('error'),
  errorType: z.string(),
  error: z.string(),
});

/** The content of a response body; undefined if it is not a Prometheus API response. */
export function parseAnswer(
  body: string,
): ({ ok: true } & Answer) | { ok: false; errorType: string; error: string } | undefined {
  const document = parseJson(body);
  const given = answer.safeParse(document);
  if (given.success) {
    const { data, warnings = [], isPartial } = given.data;
    // Some versions list infos among the warnings.
    const serious = warnings.filter((warning) => !warning.startsWith('PromQL info:'));
    const partial = isPartial ? ['the response is partial'] : [];
    return { ok: true, result: data, warnings: [...serious, ...partial] };
  }
  const refused = refusal.safeParse(document);
  return refused.success ? { ok: false, ...refused.data } : undefined;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function isWritten(sample: unknown): sample is Written {
  if (!Array.isArray(sample)) return false;
  const [atS, value] = sample as unknown[];
  return typeof atS === 'number' && typeof value === 'string';
}

function parseSample([atS, value]: Written): PrometheusSample {
  return { atS, value: parseValue(value) };
}

function parseValue(written: string): number {
  const infinity = /^([+-]?)Inf$/.exec(written);
  if (infinity) return infinity[1] === '-' ? -Infinity : Infinity;
  return written === '' ? NaN : Number(written);
}
