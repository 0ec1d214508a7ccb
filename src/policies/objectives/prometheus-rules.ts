import { formatDuration } from '../../specs/kernel/duration.ts';
import type {
  Objective,
  PrometheusCounters,
  SloMonitorSpec,
} from '../../specs/objectives/objective.ts';
import { burnPairs, type BurnPair } from './burn-rates.ts';
import { budgetShare } from './judge-objective.ts';

interface AlertRule {
  alert: string;
  expr: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/** The form of a file of rules. */
export interface RuleFile {
  groups: { name: string; rules: AlertRule[] }[];
}

const dayMs = 86_400_000;
/** Of a calendar: the length that its factors are computed for. */
const unitMs = {
  day: dayMs,
  week: 7 * dayMs,
  month: 30 * dayMs,
  quarter: 91 * dayMs,
  year: 365 * dayMs,
};

/**
 * Alerts on the burn rates of objectives that Prometheus counts, for those who are paged from there: the
 * same windows, factors and floors. What Prometheus extrapolates differs from what Belay counts.
 */
export function prometheusRules({
  environment,
  objectives,
  silentAfterMs,
}: SloMonitorSpec): RuleFile {
  const rules = objectives.flatMap((objective) => {
    const { source } = objective;
    if (source.of !== 'prometheus') return [];
    const labels = { environment, service: objective.service, objective: objective.name };
    return [
      ...burnRules(objective, source, labels),
      {
        alert: 'BelayObjectiveSilent',
        expr: `absent_over_time(${source.total}[${formatDuration(silentAfterMs)}])`,
        labels: { ...labels, severity: 'warning' },
        annotations: { summary: `${environment}/${objective.name} has no data` },
      },
    ];
  });
  return { groups: [{ name: `belay-objectives-${environment}`, rules }] };
}

function burnRules(
  objective: Objective,
  source: PrometheusCounters,
  labels: Record<string, string>,
): AlertRule[] {
  const share = budgetShare(objective);
  const { window, name, floor } = objective;
  if (share === undefined || source.part === undefined) return [];
  const periodMs = window.of === 'rolling' ? window.lengthMs : unitMs[window.unit];
  return (['page', 'ticket'] as const).flatMap((severity): AlertRule[] => {
    const pairs = burnPairs(periodMs).filter((pair) => pair.severity === severity);
    if (pairs.length === 0) return [];
    return [
      {
        alert: severity === 'page' ? 'BelayObjectiveBurnsFast' : 'BelayObjectiveBurns',
        expr: pairs
          .map((pair) => `(${pairExpression(source, pair, { share, floor })})`)
          .join(' or '),
        labels: { ...labels, severity: severity === 'page' ? 'critical' : 'warning' },
        annotations: {
          summary: `${labels['environment'] ?? ''}/${name} burns its error budget`,
        },
      },
    ];
  });
}

function pairExpression(
  source: PrometheusCounters,
  { longMs, shortMs, factor }: BurnPair,
  { share, floor }: { share: number; floor: Objective['floor'] },
): string {
  const least = Number((factor * share).toPrecision(12));
  const over = (ms: number) => `${badShare(source, ms)} >= ${least}`;
  return [
    ...[over(longMs), over(shortMs)],
    `${counted(source.total, longMs)} >= ${floor.events}`,
    `${badCount(source, longMs)} >= ${floor.failures}`,
  ].join(' and ');
}

function badShare(source: PrometheusCounters, ms: number): string {
  return `${badCount(source, ms)} / ${counted(source.total, ms)}`;
}

/** A counter of bad requests that nobody has created yet has counted none. */
function badCount({ total, part }: PrometheusCounters, ms: number): string {
  if (part === undefined) return 'vector(0)';
  return part.of === 'bad'
    ? `(${counted(part.selector, ms)} or vector(0))`
    : `(${counted(total, ms)} - ${counted(part.selector, ms)})`;
}

function counted(selector: string, ms: number): string {
  return `sum(increase(${selector}[${formatDuration(ms)}]))`;
}
