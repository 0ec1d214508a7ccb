import * as z from 'zod';
import { judgedBy, type Finding, type Unfinished } from '../kernel/finding.ts';
import { refusal } from '../kernel/given.ts';
import { parsePercentage } from '../kernel/percentage.ts';
import {
  choice,
  duration,
  flag,
  idPart,
  listOf,
  mapping,
  number,
  share,
  text,
  wholeNumber,
} from '../kernel/written.ts';
import { zone } from '../kernel/zone.ts';
import { resolveSource, sourceKeys } from './indicator-source.ts';
import { judgeObjective, writtenIndicators, type WrittenIndicator } from './judge-objective.ts';
import { calendarUnits, comparisons, type CalendarUnit, type Objective } from './objective.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const longestWindowMs = 366 * dayMs;

/** S1 of what people expect: what is meant where only the indicator is written. */
const usual = {
  availability: { target: 0.999, comparison: 'atLeast', window: 30 * dayMs },
  errorRate: { target: 0.001, comparison: 'atMost', window: 30 * dayMs },
  p95: { target: 0.95, comparison: 'atLeast', window: 30 * dayMs, below: 200 },
  p99: { target: 0.99, comparison: 'atLeast', window: 30 * dayMs, below: 500 },
  latency: { target: 0.99, comparison: 'atLeast', window: 30 * dayMs },
  throughput: { target: 1_000, comparison: 'atLeast', window: 5 * minuteMs },
} as const;

const writtenTarget = z.union([z.string(), z.number()], {
  error: refusal('write a percentage such as 99.9%, or requests a second of a throughput'),
});

const creditSchema = mapping(
  {
    below: share('0.1% to 100%', 0.001, 1).describe('Less than this was reached.'),
    credit: share('0.1% to 100%', 0.001, 1).describe('What is given back, of what was paid.'),
  },
  { value: 'write below', percent: 'write credit' },
);

const length = duration(5 * minuteMs, longestWindowMs);

const windowSchema = z
  .string({ error: refusal(`write a duration such as 30d, or ${calendarUnits.join(', ')}`) })
  .transform((written, context): CalendarUnit | number => {
    const unit = calendarUnits.find((each) => each === written);
    if (unit !== undefined) return unit;
    const parsed = length.safeParse(written);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const message = issue?.message ?? 'is not accepted';
      context.addIssue(`${message}; or write ${calendarUnits.join(', ')}`);
      return z.NEVER;
    }
    if (parsed.data % minuteMs === 0) return parsed.data;
    context.addIssue(refusal('write whole minutes', 'is no whole minutes')({ input: written }));
    return z.NEVER;
  });

export const objectiveSchema = mapping(
  {
    name: idPart('objective').describe('Its name: one of a name in an environment.'),
    service: idPart('service').describe('The service that it is about.'),
    indicator: choice(writtenIndicators).describe(
      'availability, errorRate, p95, p99, latency (with below and target) or throughput.',
    ),
    ...sourceKeys,
    below: duration(1, 10 * minuteMs)
      .exactOptional()
      .describe('Of a latency: what takes longer is slow. Default: 200ms of p95, 500ms of p99.'),
    target: writtenTarget
      .exactOptional()
      .describe('Default: 99.9% availability, 0.1% errors, 1000 requests a second.'),
    comparison: choice(comparisons)
      .exactOptional()
      .describe('Default: atMost for errorRate, else atLeast.'),
    within: share('0.1% to 50%', 0.001, 0.5)
      .exactOptional()
      .describe('Of equal: how far from the target it may be, as a share of it.'),
    window: windowSchema
      .exactOptional()
      .describe(
        'A duration that ends now, or day, week, month, quarter or year of the zone. Default: 30d, 5m of a throughput.',
      ),
    zone: zone.exactOptional().describe('Where its day begins. Default: that of the monitor.'),
    owner: text('write a name or an address', /^(?=.*\S).{1,200}$/)
      .exactOptional()
      .describe('Who is responsible for it.'),
    budgetGate: flag()
      .exactOptional()
      .describe('An empty error budget stops rollouts and experiments. Default: false.'),
    floor: mapping({
      events: wholeNumber(1).prefault(20).describe('At least so many requests. Default: 20.'),
      failures: wholeNumber(1).prefault(3).describe('At least so many bad ones. Default: 3.'),
    })
      .prefault({})
      .describe('What a burn rate must rest on before it is reported.'),
    credits: listOf(creditSchema, 'write at least one tier, or leave it out')
      .exactOptional()
      .describe('What a contract gives back: the lowest tier that a period is below counts.'),
  },
  {
    slo: 'write target',
    threshold: 'write below',
    percentile: 'write indicator: p95 or p99, or indicator: latency with a target',
    period: 'write window',
    timezone: 'write zone',
    slowerThan: 'write below',
    hours: 'leave it out: every hour counts, as an objective has no hours of business',
  },
)
  .check(judgedBy(judgeObjective), judgedBy(judgeTarget))
  .transform((written): WrittenObjective => {
    const { name, service, indicator, within, owner, budgetGate = false, floor } = written;
    const defaults = usual[indicator];
    const below = written.below ?? ('below' in defaults ? defaults.below : undefined);
    const target = readTarget(indicator, written.target);
    return {
      ...{ name, service, indicator: indicatorOf(indicator) },
      source: resolveSource(written, below),
      ...(below !== undefined && { belowMs: below }),
      comparison: written.comparison ?? defaults.comparison,
      target: 'value' in target ? target.value : defaults.target,
      ...(within !== undefined && { within }),
      window: written.window ?? defaults.window,
      ...(written.zone !== undefined && { zone: written.zone }),
      ...(owner !== undefined && { owner }),
      gatesBudget: budgetGate,
      floor,
      ...(written.credits !== undefined && { credits: written.credits }),
    };
  });

/** Its zone may be that of the monitor. */
export type WrittenObjective = Omit<Objective, 'window'> & {
  window: CalendarUnit | number;
  zone?: string;
};

function indicatorOf(written: WrittenIndicator): Objective['indicator'] {
  return written === 'p95' || written === 'p99' ? 'latency' : written;
}

function judgeTarget({ indicator, target }: Unfinished): Finding[] {
  const known = writtenIndicators.find((each) => each === indicator);
  if (known === undefined || (typeof target !== 'string' && typeof target !== 'number')) return [];
  const read = readTarget(known, target);
  return 'problem' in read ? [{ path: ['target'], message: read.problem }] : [];
}

function readTarget(
  indicator: WrittenIndicator,
  written: string | number | undefined,
): { value: number } | { problem: string } {
  if (written === undefined) return { value: usual[indicator].target };
  const refuse = (accepted: string, complaint?: string) => ({
    problem: refusal(accepted, complaint)({ input: written }),
  });
  if (indicator === 'throughput') {
    const parsed = number(0.001, 1e9).safeParse(written);
    return parsed.success
      ? { value: parsed.data }
      : refuse('write requests a second, such as 1000', 'is no number of requests');
  }
  const fraction = typeof written === 'string' ? parsePercentage(written) : undefined;
  if (fraction === undefined) {
    return refuse('write a percentage such as 99.9%', 'is no percentage');
  }
  if (indicator === 'errorRate') {
    if (fraction > 0 && fraction < 1) return { value: fraction };
    return fraction === 0
      ? refuse('write more than 0%: no service is without any error', 'leaves no error budget')
      : refuse('write less than 100%', 'is met by a service that always fails');
  }
  if (fraction > 0 && fraction < 1) return { value: fraction };
  return fraction === 1
    ? refuse(
        'write less, such as 99.99%',
        'leaves no error budget, and the first failure breaks it',
      )
    : refuse('write more than 0%', 'is met by a service that always fails');
}
