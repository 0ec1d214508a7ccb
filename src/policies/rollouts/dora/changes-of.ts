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
 * run was a rollback that replaced it. What a person aborted, or a newer release superseded, before it
 * had all traffic is no deployment, and was not caught either.
 */
export function changesOf(reports: readonly RolloutReport[]): Changes {
  const changes: Changes = { deployments: [], rework: [], caught: [] };
  const brought = new Set<string>();
  /** Absent after a rollback: what serves then was deployed long before. */
  let serving: Deployment | undefined;
  const inOrder = [...reports].sort((one, other) => one.endedAtMs - other.endedAtMs);
  for (const report of inOrder) {
    const { runRef, endedAtMs: atMs, details } = report;
    if (report.kind === 'rollback') {
      if (!isPromoted(report)) continue;
      changes.rework.push({ runRef, atMs });
      if (serving !== undefined && serving.version === details.previousVersion) {
        serving.takenBack = { runRef, atMs };
      }
      serving = undefined;
      continue;
    }
    const deployment = deploymentOf(report, brought);
    if (deployment !== undefined) {
      changes.deployments.push(deployment);
      if (deployment.takenBack === undefined) serving = deployment;
    } else if (report.outcome === 'RolledBack') {
      changes.caught.push({ runRef, atMs });
    }
  }
  return changes;
}

/** Undefined where it never had all traffic. */
function deploymentOf(report: RolloutReport, brought: Set<string>): Deployment | undefined {
  const { runRef, outcome, endedAtMs, details } = report;
  const servedAtMs = allTrafficAtMs(report);
  if (servedAtMs === undefined) return undefined;
  const { version, previousVersion } = details;
  const commits = commitsOf(report).filter(({ sha }) => !brought.has(sha));
  commits.forEach(({ sha }) => brought.add(sha));
  const stayed = isPromoted(report) || outcome === 'Superseded';
  // Where its undo failed, nobody knows when it was gone.
  const gone = outcome === 'UndoFailed' ? {} : { atMs: endedAtMs };
  return {
    ...{ runRef, version, commits, servedAtMs },
    ...(previousVersion !== undefined && { previousVersion }),
    ...(!stayed && { takenBack: { runRef, ...gone } }),
  };
}

function isPromoted({ outcome }: RolloutReport): boolean {
  return outcome === 'Promoted' || outcome === 'FastPromoted';
}

/**
 * The end of the first interval that was measured at 100 %. Its stage begins earlier: replicas are made, and people
 * approve, before any traffic is moved.
 */
function allTrafficAtMs(report: RolloutReport): number | undefined {
  const full = report.details.stages.find(({ weight }) => weight === 100);
  const firstMs = full?.measurements[0]?.atMs;
  if (isPromoted(report)) return firstMs ?? full?.leftAtMs ?? report.endedAtMs;
  if (full === undefined || full.canaryRequests === 0) return undefined;
  return firstMs ?? full.enteredAtMs;
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
