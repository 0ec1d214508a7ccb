import type { RolloutReport } from '../../contracts/rollouts/report.ts';
import type { MetricSpec } from '../../specs/rollouts/metrics.ts';
import { resolveSpecInput } from '../../specs/rollouts/resolve.ts';

/** The metrics of a closed rollout with their bounds, read from its spec; none where that tells none. */
export function measuredMetrics({ kind, spec }: RolloutReport): MetricSpec[] {
  if (kind === 'unknown') return [];
  const resolution = resolveSpecInput(kind, spec);
  if (!resolution.ok || !('analysis' in resolution.spec)) return [];
  const { analysis } = resolution.spec;
  return analysis.mode === 'none' ? [] : analysis.metrics;
}
