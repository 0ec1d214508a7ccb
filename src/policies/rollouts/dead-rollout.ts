import type { Owner, ServiceState } from '../../contracts/rollouts/platform.ts';
import type { RolloutReport } from '../../contracts/rollouts/report.ts';

/** What can still be told of a rollout whose workflow ended without closing it, as by `terminate`. */
export function reportOfDeadRollout(
  found: ServiceState,
  { workflowId, rolloutId, kind }: Owner,
  nowMs: number,
): RolloutReport {
  const { service, environment, stable, canary, kept, update } = found;
  const inPlace = update?.kind === 'replacing';
  const startedAtMs = startedAt(rolloutId) ?? nowMs;
  const [replaced] = kept;
  const isReplaced = replaced !== undefined && replaced.replacedAtMs >= startedAtMs;
  const wasPromoted = isReplaced && (update === undefined || update.kind === 'none');
  const previous = isReplaced ? replaced : stable;
  return {
    format: 2,
    family: 'rollouts',
    kind: kind ?? 'unknown',
    runRef: rolloutId,
    workflowId,
    runId: '',
    subject: { environment, name: service },
    outcome: wasPromoted ? 'Promoted' : 'Aborted',
    reason: wasPromoted
      ? 'Promoted, but the workflow ended (terminated?) before it released the service'
      : `The workflow ended without undoing (terminated?) ${leftAs(found)}; the janitor restored stable`,
    startedAtMs,
    endedAtMs: nowMs,
    notes: ['Written by the janitor: stages and measurements are only in the workflow history'],
    people: [],
    undo: [
      ...(inPlace ? ['put the previous release back'] : []),
      ...(canary === undefined ? [] : ['route all traffic to stable', 'remove the canary']),
      `release ${service}`,
    ].map((name) => ({ name, state: 'done' })),
    details: {
      version: (canary ?? stable)?.release.version ?? '',
      ...(previous !== undefined && { previousVersion: previous.release.version }),
      stages: [],
    },
  };
}

function leftAs({ update, canaryWeight }: ServiceState): string {
  const { kind = 'none', updated = 0, wanted = 0 } = update ?? {};
  if (kind === 'none') return `with ${canaryWeight} % on the new release`;
  return `with ${updated} of ${wanted} stable replicas on the new release`;
}

/** Rollout IDs begin with their start, like 20261121T101500. */
function startedAt(rolloutId: string): number | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})/.exec(rolloutId);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match.map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
}
