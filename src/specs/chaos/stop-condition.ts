import * as z from 'zod';
import { formatDuration } from '../kernel/duration.ts';
import { isMapping, type Finding, type Unfinished } from '../kernel/finding.ts';
import { refusal } from '../kernel/given.ts';
import { offerKnown } from '../kernel/known-keys.ts';
import { duration, listOf, mapping, text } from '../kernel/written.ts';
import { measureOf, readLimit, type HypothesisMetric, type MeasuredAs } from './metric.ts';

/** One failed request is no outage: a condition needs so many samples within its time. */
export const samplesToStop = 3;

/** Ends an experiment early: so bad may a metric not be over so long. */
export interface StopCondition {
  metric: string;
  above?: number;
  below?: number;
  overMs: number;
}

const bound = () =>
  z
    .union([z.string(), z.number()], { error: refusal('write 50%, 2s or a number') })
    .exactOptional();

export const stopConditionsSchema = z.union(
  [
    z.literal('none'),
    listOf(
      mapping({
        metric: text('write the name of a metric of the hypothesis').describe(
          'A metric of the hypothesis.',
        ),
        above: bound().describe('Stop where it is above this.'),
        below: bound().describe('Stop where it is below this.'),
        over: duration(1_000, 600_000)
          .prefault('10s')
          .describe('Of the samples of this last time, at least 3. Default: 10s.'),
      }),
      'write none, or at least one condition',
    ),
  ],
  { error: refusal('write a list of conditions that end it early, or none') },
);

export type WrittenStopConditions = z.output<typeof stopConditionsSchema>;

/** What is wrong with them, beside the hypothesis that they name and how often it is sampled. */
export function judgeStopConditions({ hypothesis, stopConditions, every }: Unfinished): Finding[] {
  const measures = measuresIn(hypothesis);
  if (!Array.isArray(stopConditions)) return [];
  return stopConditions.flatMap((condition: unknown, index) =>
    isMapping(condition)
      ? [
          ...(measures === undefined ? [] : judgeCondition(measures, condition)),
          ...judgeOver(condition['over'], every),
        ].map(({ path, message }) => ({
          path: ['stopConditions', index, ...path],
          message,
        }))
      : [],
  );
}

/** By the names of metrics; undefined for one of which that is not clear. */
type Measures = ReadonlyMap<string, MeasuredAs | undefined>;

/** Of a hypothesis as it was written or, where nothing is wrong with it, as it was read. */
function measuresIn(hypothesis: unknown): Measures | undefined {
  if (Array.isArray(hypothesis)) {
    return new Map((hypothesis as HypothesisMetric[]).map(({ name, source }) => [name, source.of]));
  }
  if (!isMapping(hypothesis)) return undefined;
  return new Map(
    Object.entries(hypothesis).map(([name, metric]) => [
      name,
      isMapping(metric) ? measureOf(metric) : undefined,
    ]),
  );
}

function judgeCondition(measures: Measures, condition: Unfinished): Finding[] {
  const { metric, above, below } = condition;
  const isUnbounded = above === undefined && below === undefined;
  const none = isUnbounded
    ? [{ path: [], message: 'never stops anything; write above or below' }]
    : [];
  if (typeof metric !== 'string') return none;
  if (!measures.has(metric)) {
    return [...none, { path: ['metric'], message: offerMetric(metric, [...measures.keys()]) }];
  }
  const measure = measures.get(metric);
  if (measure === undefined) return none;
  const problems = Object.entries({ above, below }).flatMap(([key, written]) => {
    if (written === undefined) return [];
    const read = readLimit(measure, written);
    return 'problem' in read ? [{ path: [key], message: read.problem }] : [];
  });
  return [...none, ...problems];
}

/** A condition whose time has fewer samples than it needs never stops anything. */
function judgeOver(overMs: unknown, everyMs: unknown): Finding[] {
  if (typeof overMs !== 'number' || typeof everyMs !== 'number') return [];
  const count = Math.floor(overMs / everyMs);
  if (count >= samplesToStop) return [];
  const [over, every] = [overMs, everyMs].map(formatDuration);
  const found = `${over} has ${count} ${count === 1 ? 'sample' : 'samples'} with every: ${every}`;
  const least = formatDuration(samplesToStop * everyMs);
  const message = `${found}; at least ${samplesToStop}: write over: ${least} or longer, or sample more often`;
  return [{ path: ['over'], message }];
}

function offerMetric(metric: string, known: readonly string[]): string {
  return `there is no metric ${metric} in the hypothesis; ${offerKnown(metric, known)}`;
}

/** As numbers in the unit of each metric. */
export function resolveStopConditions(
  written: WrittenStopConditions,
  measures: ReadonlyMap<string, MeasuredAs>,
): StopCondition[] {
  if (written === 'none') return [];
  return written.map(({ metric, above, below, over }) => {
    const bounds = { above, below };
    const read = Object.entries(bounds).flatMap(([key, value]) => {
      if (value === undefined) return [];
      const limit = readLimit(measures.get(metric) ?? 'query', value);
      return 'value' in limit ? [[key, limit.value] as const] : [];
    });
    return { metric, overMs: over, ...Object.fromEntries(read) };
  });
}
