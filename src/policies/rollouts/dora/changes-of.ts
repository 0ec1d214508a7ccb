import type { RolloutReport } from '../../../contracts/rollouts/report.ts';

/** A commit that a release brought, as its spec named it. */
export interface ReleasedCommit {
  sha: string;
  committedAtMs: number;
}

/** A release that was given all traffic. */
export interface Deployment {
  runRef: string;
  version: string;
  /** Absent for the first release of its service. */
  previousVersion?: string;
  /** When it had all traffic. */
  servedAtMs: number;
  /** Those that no deployment before it had brought. */
  commits: ReleasedCommit[];
  /** The run that took it back, and when that was done; absent: it was not taken back. */
  takenBack?: { runRef: string; atMs?: number };
}

/** What the rollouts of one service were for its delivery. */
export interface Changes {
  /** Oldest first. */
  deployments: Deployment[];
  /** Runs that brought an earlier release back. */
  rework: { runRef: string; atMs: number }[];
  /** Releases that were taken back before they had all traffic. */
  caught: { runRef: string; atMs: number }[];
}

/**
 * Sorts the closed rollouts of one service, in any order. A deployment is a release that was given all
 * traffic, whether or not it stayed. It failed if its own rollout took it back from there, or if the next
 * rollback named its version as the one that it replaced. What a person aborted, or a newer release
 * superseded, before it had all traffic is no deployment, and was not caught either.
 */
export function changesOf(reports: readonly RolloutReport[]): Changes {
  const changes: Changes = { deployments: [], rework: [], caught: [] };
  const brought = new Set<string>();
  const inOrder = [...reports].sort((one, other) => one.endedAtMs - other.endedAtMs);
  for (const report of inOrder) {
    if (report.kind === 'rollback') takeRollback(changes, report);
    else takeRelease(changes, report, brought);
  }
  return changes;
}

function takeRollback({ deployments, rework }: Changes, report: RolloutReport): void {
  if (!isPromoted(report)) return;
  const { runRef, endedAtMs: atMs, details } = report;
  rework.push({ runRef, atMs });
  const last = deployments.findLast(({ takenBack }) => takenBack === undefined);
  if (last !== undefined && last.version === details.previousVersion) {
    last.takenBack = { runRef, atMs };
  }
}

function takeRelease(changes: Changes, report: RolloutReport, brought: Set<string>): void {
  const { runRef, outcome, endedAtMs, details } = report;
  const servedAtMs = allTrafficAtMs(report);
  const isTakenBack = !isPromoted(report);
  if (outcome === 'Superseded') return;
  if (isTakenBack && servedAtMs === undefined) {
    if (outcome === 'RolledBack') changes.caught.push({ runRef, atMs: endedAtMs });
    return;
  }
  const { version, previousVersion } = details;
  const commits = commitsOf(report).filter(({ sha }) => !brought.has(sha));
  commits.forEach(({ sha }) => brought.add(sha));
  // Where its undo failed, nobody knows when it was gone.
  const gone = outcome === 'UndoFailed' ? {} : { atMs: endedAtMs };
  changes.deployments.push({
    ...{ runRef, version, commits, servedAtMs: servedAtMs ?? endedAtMs },
    ...(previousVersion !== undefined && { previousVersion }),
    ...(isTakenBack && { takenBack: { runRef, ...gone } }),
  });
}

function isPromoted({ outcome }: RolloutReport): boolean {
  return outcome === 'Promoted' || outcome === 'FastPromoted';
}

function allTrafficAtMs({ details }: RolloutReport): number | undefined {
  const full = details.stages.find(
    ({ weight, enteredAtMs }) => weight === 100 && enteredAtMs !== undefined,
  );
  return full?.enteredAtMs;
}

/** Of the spec as it was given, which anybody may have written. */
function commitsOf({ spec }: RolloutReport): ReleasedCommit[] {
  const { commits } = (spec ?? {}) as { commits?: unknown };
  if (!Array.isArray(commits)) return [];
  return commits.flatMap((commit: unknown) => {
    const { sha, committedAt } = (commit ?? {}) as Record<string, unknown>;
    const committedAtMs = typeof committedAt === 'string' ? Date.parse(committedAt) : NaN;
    return typeof sha === 'string' && Number.isFinite(committedAtMs)
      ? [{ sha, committedAtMs }]
      : [];
  });
}
