import type { ObjectiveReport } from '../../contracts/objectives/slo-report.ts';
import { showTarget, showValue } from '../../policies/objectives/objective-words.ts';

type Of<Key extends keyof ObjectiveReport> = Pick<ObjectiveReport, Key>;

/** `met`, `certainly breached`, `insufficient data`. */
export function verdictInWords({ verdict, certainly }: ObjectiveReport['standing']): string {
  if (verdict === 'insufficient') return 'insufficient data';
  return certainly ? `certainly ${verdict}` : verdict;
}

/** `availability of at least 99.9%`, whatever the window of the objective is. */
export function aimInWords(report: Of<'indicator' | 'comparison' | 'target'>): string {
  const window = { of: 'rolling', lengthMs: 0 } as const;
  const aim = showTarget({ ...report, window }).replace(/ over .*$/, '');
  const names = {
    availability: 'availability',
    errorRate: 'error rate',
    latency: 'share of requests that are fast enough',
    throughput: 'throughput',
  } as const;
  return `${names[report.indicator]} ${aim}`;
}

export function valueInWords(report: Of<'indicator' | 'standing'>): string {
  return showValue(report, report.standing.value);
}
