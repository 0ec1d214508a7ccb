import type { RolloutCost } from '../../../contracts/rollouts/cost.ts';
import type { ReplicaUse, RolloutReport } from '../../../contracts/rollouts/report.ts';

const hourMs = 3_600_000;

/** Replicas are paid for from when they are asked for until they are gone, whether or not they get ready. */
export function costOfRollout(report: RolloutReport): RolloutCost {
  const { runRef, kind, outcome, startedAtMs, endedAtMs, details } = report;
  const named = { runRef, kind, version: details.version, outcome, startedAtMs, endedAtMs };
  const unknown = whyUnknown(report);
  if (unknown !== undefined) return { ...named, unknown };
  const { steady, extra } = details.replicaUse ?? { steady: 0, extra: [] };
  const durationMs = Math.max(0, endedAtMs - startedAtMs);
  return {
    ...named,
    extraReplicaHours: replicaHours(extra, endedAtMs),
    steadyReplicaHours: (steady * durationMs) / hourMs,
  };
}

function whyUnknown({ kind, details }: RolloutReport): string | undefined {
  if (kind === 'rolling') return 'the platform decides how many replicas it adds meanwhile';
  if (details.replicaUse !== undefined) return undefined;
  // Before a first release there is nothing that it could take more than.
  const isFirst = kind !== 'unknown' && details.previousVersion === undefined;
  return isFirst ? undefined : 'its replicas were not recorded';
}

function replicaHours(extra: ReplicaUse['extra'], endedAtMs: number): number {
  return extra.reduce((sum, { atMs, replicas }, index) => {
    const untilMs = Math.min(extra[index + 1]?.atMs ?? endedAtMs, endedAtMs);
    return sum + (replicas * Math.max(0, untilMs - atMs)) / hourMs;
  }, 0);
}
