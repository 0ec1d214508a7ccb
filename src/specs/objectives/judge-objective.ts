import { isMapping, type Finding, type Unfinished } from '../kernel/finding.ts';
import { sourceNames } from './indicator-source.ts';

/** What an indicator is written as: a latency has short names for the usual percentiles. */
export const writtenIndicators = [
  ...(['availability', 'errorRate', 'p95', 'p99', 'latency', 'throughput'] as const),
] as const;

export type WrittenIndicator = (typeof writtenIndicators)[number];

const latencies: readonly unknown[] = ['p95', 'p99', 'latency'];

/** What is wrong between the parts of an objective. */
export function judgeObjective(written: Unfinished): Finding[] {
  return [
    ...judgeSource(written),
    ...judgeLatency(written),
    ...judgeComparison(written),
    ...judgeGate(written),
    ...judgeCredits(written),
  ];
}

function judgeSource(written: Unfinished): Finding[] {
  const given = sourceNames.filter((key) => written[key] !== undefined);
  const all = sourceNames.join(', ');
  if (given.length === 0) return [{ path: [], message: `has no source; write one of ${all}` }];
  if (given.length > 1) {
    return [{ path: [], message: `has ${given.join(' and ')}; keep one source` }];
  }
  const { indicator, prometheus, http, tcp, composite } = written;
  if (composite !== undefined && indicator !== 'availability') {
    const message = 'a composite counts the minutes that are good for all; write availability';
    return [{ path: ['indicator'], message }];
  }
  if (indicator === 'throughput' && (http ?? tcp) !== undefined) {
    const message = 'a probe sends its own requests, and they are no throughput; write prometheus';
    return [{ path: [http === undefined ? 'tcp' : 'http'], message }];
  }
  return isMapping(prometheus) ? judgeCounters(indicator, prometheus) : [];
}

function judgeCounters(indicator: unknown, prometheus: Unfinished): Finding[] {
  const { bad, good, histogram } = prometheus;
  const hasPart = bad !== undefined || good !== undefined;
  if (histogram !== undefined) {
    if (latencies.includes(indicator)) return [];
    const message = `is for latencies; write total${indicator === 'throughput' ? '' : ' and bad'}`;
    return [{ path: ['prometheus', 'histogram'], message }];
  }
  if (indicator === 'throughput') {
    if (!hasPart) return [];
    const key = bad === undefined ? 'good' : 'bad';
    const message = 'a throughput counts all requests; leave it out';
    return [{ path: ['prometheus', key], message }];
  }
  if (hasPart) return [];
  const message = latencies.includes(indicator)
    ? 'does not say which requests are slow; write histogram, or good and total'
    : 'does not say which requests are bad; write bad or good beside total';
  return [{ path: ['prometheus'], message }];
}

function judgeLatency(given: Unfinished): Finding[] {
  const { indicator, below, target, prometheus, pushed } = given;
  if (typeof indicator !== 'string') return [];
  if (!latencies.includes(indicator)) {
    return below === undefined
      ? []
      : [{ path: ['below'], message: `is for latencies, and this is ${indicator}; leave it out` }];
  }
  const percentile = indicator === 'latency' ? undefined : indicator.slice(1);
  // There, whoever counts says what is slow.
  const written =
    pushed !== undefined || (isMapping(prometheus) && prometheus['histogram'] === undefined);
  return [
    ...(percentile !== undefined && target !== undefined
      ? [
          {
            path: ['target'],
            message: `${indicator} says that ${percentile}% of all requests take less than below; leave it out, or write indicator: latency`,
          },
        ]
      : []),
    ...(percentile === undefined && target === undefined
      ? [{ path: ['target'], message: 'missing; write the share of requests, such as 99%' }]
      : []),
    ...(percentile === undefined && below === undefined && !written
      ? [{ path: ['below'], message: 'missing; write how long a request may take, such as 500ms' }]
      : []),
  ];
}

const senseless: Readonly<Record<string, { comparison: string; why: string }>> = {
  errorRate: {
    comparison: 'atLeast',
    why: 'an error rate of at least its target is met by a service that fails; write atMost',
  },
  availability: {
    comparison: 'atMost',
    why: 'an availability of at most its target is met by a service that fails; write atLeast',
  },
  ...Object.fromEntries(
    ['latency', 'p95', 'p99'].map((indicator) => [
      indicator,
      {
        comparison: 'atMost',
        why: 'the share of fast requests would have to be small; write atLeast',
      },
    ]),
  ),
};

function judgeComparison({ indicator, comparison, within }: Unfinished): Finding[] {
  const refused = typeof indicator === 'string' ? senseless[indicator] : undefined;
  return [
    ...(refused !== undefined && comparison === refused.comparison
      ? [{ path: ['comparison'], message: refused.why }]
      : []),
    ...(comparison === 'equal' && within === undefined
      ? [
          {
            path: ['within'],
            message:
              'missing; no measurement is exactly its target: write how far off it may be, such as 5%',
          },
        ]
      : []),
    ...(comparison !== 'equal' && within !== undefined
      ? [{ path: ['within'], message: 'is for comparison: equal; leave it out' }]
      : []),
  ];
}

function judgeGate({ budgetGate, indicator, comparison }: Unfinished): Finding[] {
  if (budgetGate !== true) return [];
  if (indicator !== 'throughput' && comparison !== 'equal') return [];
  const what = indicator === 'throughput' ? 'a throughput' : 'comparison: equal';
  return [{ path: ['budgetGate'], message: `${what} has no error budget; leave it out` }];
}

/** Credits are for what has to be high, and a lower tier gives back more. */
function judgeCredits({ credits, indicator, comparison }: Unfinished): Finding[] {
  if (!Array.isArray(credits)) return [];
  if (indicator === 'throughput' || indicator === 'errorRate' || comparison === 'equal') {
    const what = comparison === 'equal' ? 'comparison: equal' : String(indicator);
    return [
      {
        path: ['credits'],
        message: `${what} has no tiers of a contract; write them beside an availability or a latency`,
      },
    ];
  }
  let before: { below: number; credit: number } | undefined;
  return credits.flatMap((tier: unknown, index): Finding[] => {
    const { below, credit } = isMapping(tier) ? tier : {};
    if (typeof below !== 'number' || typeof credit !== 'number') return [];
    const last = before;
    before = { below, credit };
    if (last === undefined || (below < last.below && credit > last.credit)) return [];
    const message =
      'is not lower than the tier before it, with a higher credit; write the tiers from the highest to the lowest';
    return [{ path: ['credits', index], message }];
  });
}
