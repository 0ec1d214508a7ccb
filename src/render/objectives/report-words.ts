import type { Credit, ObjectiveReport } from '../../contracts/objectives/slo-report.ts';
import { showLeft, showShare, showValue } from '../../policies/objectives/objective-words.ts';

type Of<Key extends keyof ObjectiveReport> = Pick<ObjectiveReport, Key>;

/** `met`, `certainly breached`, `insufficient data`. */
export function verdictInWords({ verdict, certainly }: ObjectiveReport['standing']): string {
  if (verdict === 'insufficient') return 'insufficient data';
  return certainly ? `certainly ${verdict}` : verdict;
}

export function toneOfVerdict({ verdict }: Pick<ObjectiveReport['standing'], 'verdict'>): string {
  const tones = { met: 'good', breached: 'bad', insufficient: 'soft' } as const;
  return tones[verdict];
}

const signs = { atLeast: 'at least', atMost: 'at most', equal: 'equal to' } as const;

const names = {
  availability: 'availability',
  errorRate: 'error rate',
  latency: 'share of requests that are fast enough',
  throughput: 'throughput',
} as const;

/** `availability at least 99.9%`, whatever the window of the objective is. */
export function aimInWords(report: Of<'indicator' | 'comparison' | 'target'>): string {
  const { indicator, comparison, target } = report;
  return `${names[indicator]} ${signs[comparison]} ${showValue(report, target)}`;
}

export function valueInWords(report: Of<'indicator' | 'standing'>): string {
  return showValue(report, report.standing.value);
}

/** `12 of 40 spent, 70% left`. */
export function budgetInWords({ standing }: Of<'standing'>): string {
  const { budget, coverage, counts = 'requests' } = standing;
  if (budget === undefined) return 'none';
  if (coverage === 0) return 'unknown: nothing was measured';
  const { spent, allowed, remaining, isEmpty } = budget;
  const left = `${showLeft(remaining)} left`;
  const what = `${spent} bad ${counts} of ${Math.floor(allowed)} that are allowed, ${left}`;
  return isEmpty ? `${what}: empty` : what;
}

/** `downtime`, `downtime, withdrawn by bo: it was another service`. */
export function recordInWords({
  recordedAs,
  withdrawn,
}: ObjectiveReport['downtimes'][number]): string {
  if (recordedAs === 'no-data') return 'pushed counts, withdrawn';
  return withdrawn === undefined
    ? 'downtime'
    : `downtime, withdrawn by ${withdrawn.by}: ${withdrawn.why}`;
}

export function spendingInWords({ spending }: Of<'spending'>): string[] {
  return spending.map(({ cause, bad, runs }) => {
    const named = runs.map((run) => `${run.runRef} ${run.bad}`).join(', ');
    return `${cause}: ${bad}${named === '' ? '' : ` (${named})`}`;
  });
}

export function creditInWords(credit: Credit): string {
  switch (credit.of) {
    case 'none':
      return 'none';
    case 'unknown':
      return `unknown: ${credit.why}`;
    case 'due':
      return `${showShare(credit.tier.credit, Math.floor, 1)}, as it is below ${showShare(credit.tier.below, Math.floor)}`;
  }
}

/** What it would have been with nothing excluded. */
export function grossInWords({ indicator, gross }: Of<'indicator' | 'gross'>): string | undefined {
  if (gross === undefined) return undefined;
  return `${showValue({ indicator }, gross.value)} (${gross.verdict})`;
}
