import { serverClock } from '../../src/adapters/temporal/server-clock.ts';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type {
  AlertActivities,
  AlertEnding,
  AlertLedger,
  ClosedRollout,
  OpenRollouts,
  FoundService,
  ServiceName,
} from '../../src/contracts/rollouts/alerts.ts';
import type { Ledger } from '../../src/contracts/kernel/ledger.ts';
import { listReports } from '../../src/contracts/rollouts/list-reports.ts';
import { rolloutWorkflowId } from '../../src/kinds/locks.ts';
import type { Platforms } from '../../src/contracts/rollouts/platform.ts';
import type { RolloutReport } from '../../src/contracts/rollouts/report.ts';
import { resolveSpecInput } from '../../src/specs/rollouts/resolve.ts';
import type { Target } from '../../src/specs/rollouts/target.ts';
import {
  targetOf,
  writtenSpec,
  type WrittenTarget,
} from '../../src/specs/rollouts/written-spec.ts';
import { findSubject } from './support/find-subject.ts';

export interface AlertParts {
  platforms: Platforms;
  ledger: Ledger;
  responses: AlertLedger;
  rollouts: OpenRollouts;
  undoWindowMs: number;
}

/** How far back a service is looked at: only its last end, and what led to it, matter. */
const recent = 20;

export function createAlertActivities(parts: AlertParts): AlertActivities {
  const { ledger, responses, rollouts, undoWindowMs } = parts;
  return {
    async lookAtService({ subject }) {
      const found = await findSubject(subject, parts);
      if ('trouble' in found) return { trouble: found.trouble, undoWindowMs };
      return { service: await readService(found, parts), undoWindowMs };
    },

    abortRollout: (order) => rollouts.abort(order),

    async readEnding(closing): Promise<AlertEnding> {
      const { service, environment, rolloutId, runId } = closing;
      const which = rolloutId === undefined ? { limit: recent } : { runRef: rolloutId };
      const { state, report: result } = await rollouts.readEnd(closing);
      if (state === 'RUNNING' || state === 'PAUSED') throw stillOpen(rolloutId ?? runId);
      const find = (reports: RolloutReport[]) =>
        reports.find((one) =>
          rolloutId === undefined ? one.runId === runId : one.runRef === rolloutId,
        );
      const report =
        find(result === undefined ? [] : [result]) ??
        find(await listReports(ledger, { service, environment, ...which }));
      if (report !== undefined) {
        const { outcome, reason, endedAtMs } = report;
        return { rolloutId: report.runRef, outcome, reason, endedAtMs };
      }
      const reason = `its workflow is ${state.toLowerCase()}, and there is no report of it`;
      const unknown = { outcome: 'Unknown', reason, endedAtMs: serverClock()() } as const;
      return { ...(rolloutId !== undefined && { rolloutId }), ...unknown };
    },

    recordResponse: (response) => responses.record(response),
  };
}

async function readService(
  name: ServiceName,
  { rollouts, ledger, platforms }: AlertParts,
): Promise<FoundService> {
  const { service, environment } = name;
  const open = await rollouts.read(rolloutWorkflowId(name));
  if (open !== undefined) return { service, environment, open, history: [] };
  // Whatever an alert may undo, Temporal still has: it must not wait for the ledger.
  const last = await rollouts.readLast(rolloutWorkflowId(name));
  const reports = last
    ? [last]
    : await listReports(ledger, { service, environment, limit: recent });
  const target = newestTarget(reports);
  const ref = target && { service, environment, target: target.resolved };
  const serving = ref && (await readServing(ref, platforms));
  return {
    service,
    environment,
    ...(target && { target: target.written }),
    ...(serving && { serving }),
    history: reports.map(closedRollout).sort((a, b) => b.endedAtMs - a.endedAtMs),
  };
}

interface FoundTarget {
  written: WrittenTarget;
  resolved: Target;
}

/** The report of a dead rollout has none, but goes where the one before went. */
function newestTarget(reports: RolloutReport[]): FoundTarget | undefined {
  for (const { subject, spec } of reports) {
    const { target } = (spec ?? {}) as { target?: unknown };
    const { name: service, environment } = subject;
    const named = { kind: 'rollback', service, environment, target };
    const resolved = resolveSpecInput('rollback', named);
    if (!resolved.ok) continue;
    return { written: targetOf(writtenSpec(spec)), resolved: resolved.spec.target };
  }
  return undefined;
}

async function readServing(
  ref: ServiceName & { target: Target },
  platforms: Platforms,
): Promise<FoundService['serving']> {
  const state = await platforms[ref.target.platform].readService(ref);
  if (state?.stable === undefined) return undefined;
  return {
    version: state.stable.release.version,
    kept: state.kept.map(({ revision, release }) => ({ revision, version: release.version })),
  };
}

function closedRollout(report: RolloutReport): ClosedRollout {
  const { runRef, kind, outcome, endedAtMs } = report;
  const { version, previousVersion } = report.details;
  return {
    rolloutId: runRef,
    ...{ kind, outcome, version, endedAtMs },
    ...(previousVersion !== undefined && { previousVersion }),
  };
}

function stillOpen(rolloutId: string): ApplicationFailure {
  return ApplicationFailure.create({
    message: `${rolloutId} is still being undone`,
    category: ApplicationFailureCategory.BENIGN,
  });
}
