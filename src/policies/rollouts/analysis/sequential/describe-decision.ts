import type { Counts, Evidence } from '../../../../contracts/kernel/counted-evidence.ts';
import type { Track } from '../../../../contracts/rollouts/traffic.ts';
import type { MetricSpec } from '../../../../specs/rollouts/metrics.ts';
import { describeBound, formatMetricValue } from '../describe-metric.ts';
import { badRate } from '../../../kernel/sequential/counts.ts';
import { allowedShareOf } from './bad-requests.ts';
import type { Decision } from '../../../kernel/sequential/weigh-evidence.ts';
import { grouped, onceIn, percent } from '../../../kernel/figures-in-words.ts';

interface Circumstances {
  track: Track;
  effect: number;
  /** Tests of the whole rollout, of which this is one. */
  tests: number;
  /** What earlier holds have shown counts, too. */
  hasEarlier: boolean;
}

/** What decided, in one line that an operator can check against the counters. */
export function describeDecision(
  metric: MetricSpec,
  { counts: { canary, stable } }: Evidence,
  decision: Decision,
  { track, effect, tests, hasEarlier }: Circumstances,
): string {
  const seen = [
    `${track} ${shareOf(metric, canary)}`,
    ...(stable.total > 0 ? [`stable ${share(stable)} of ${grouped(stable.total)}`] : []),
  ].join(', ');
  const may = `more than ${percent(allowedShareOf(metric))}`;
  const said = `${metric.name}: ${seen}`;
  switch (decision.kind) {
    case 'worse': {
      const all = hasEarlier ? 'this and what earlier holds have shown' : 'this';
      return `${said}; a rollout of a good release would show ${all} by chance ${onceIn(decision.chance * tests)}`;
    }
    case 'mends-stable':
      return `${said}; stable is failing too; the ${track} is accepted as the fix (cure: true)`;
    case 'good':
      if (decision.isEarly) {
        return `${said}; a release ${effect} times as bad would not produce this many good requests`;
      }
      return `${said}; this much traffic reveals a release ${effect} times as bad with ${certainty(decision.power)} certainty`;
    case 'too-little':
      return `${said}; not enough traffic to decide: a release ${effect} times as bad would have been noticed with only ${percent(decision.power)} certainty`;
    case 'off-objective':
      if (badRate(canary) <= allowedShareOf(metric)) {
        const which = decision.stableToo ? `the ${track} and stable` : `the ${track}`;
        return `${said}; lately ${which} failed ${may}, and the ${track} is not shown to be worse than stable`;
      }
      return decision.stableToo
        ? `${said}; stable is failing too: both are out of bounds (${describeBound(metric)}), and the ${track} is not shown to be worse`
        : `${said}; that is ${may}, though not shown to be worse than stable`;
  }
}

function shareOf(metric: MetricSpec, counts: Counts): string {
  const slow = metric.max === undefined ? '' : ` over ${formatMetricValue(metric, metric.max)}`;
  const how = metric.measure.kind === 'latency' ? `took${slow}` : 'failed';
  return `${share(counts)} of ${grouped(counts.total)} requests ${how}`;
}

function share(counts: Counts): string {
  return percent(badRate(counts));
}

/** Nothing is certain. */
function certainty(power: number): string {
  return power > 0.999 ? 'more than 99.9 %' : percent(power);
}
