import type {
  Alert,
  AlertJudgement,
  ClosedRollout,
  OpenRolloutSnapshot,
  FoundService,
  ServiceSnapshot,
} from '../../../contracts/rollouts/alerts.ts';
import type { Outcome } from '../../../contracts/rollouts/outcome.ts';
import { formatDuration } from '../../../specs/kernel/duration.ts';

export interface AlertContext {
  snapshot: ServiceSnapshot;
  nowMs: number;
}

/** How far the clock of whoever raises alerts may be ahead before its times mean nothing. */
const clockToleranceMs = 30_000;

/**
 * What one alert may do. It aborts an open rollout whose traffic came before the alert, or undoes
 * the promotion that was the last thing to happen to the service, soon after it. Whatever else it
 * may be about, a release that was good must not be taken back for it.
 */
export function judgeAlert(alert: Alert, { snapshot, nowMs }: AlertContext): AlertJudgement {
  if (alert.status === 'resolved') return nothing('it was resolved before anything was done');
  if (alert.startsAtMs > alert.receivedAtMs + clockToleranceMs) {
    const ahead = formatDuration(alert.startsAtMs - alert.receivedAtMs);
    return nothing(
      `it started ${ahead} in the future: the clocks differ, so its start time cannot be used`,
    );
  }
  const { service, trouble, undoWindowMs } = snapshot;
  if (service === undefined) return nothing(trouble ?? 'it names no service');
  if (service.open !== undefined) return judgeOpenRollout(alert, service.open);
  return judgeLastRollout(alert, service, { nowMs, undoWindowMs });
}

function judgeOpenRollout(alert: Alert, open: OpenRolloutSnapshot): AlertJudgement {
  const { kind, version, phase, trafficSinceMs } = open;
  switch (phase) {
    case 'undoing':
    case 'undo-failed':
      return nothing(`the rollout of ${version} is already being undone`);
    case 'closed':
      return { action: 'wait', reason: `the rollout of ${version} is just closing` };
    default:
  }
  if (kind === 'rollback') return nothing(`a rollback to ${version} is already under way`);
  if (phase === 'promoting') return { action: 'wait', reason: `${version} is just being promoted` };
  if (trafficSinceMs === undefined) {
    return nothing(`the open rollout of ${version} has no traffic yet, so it is not the cause`);
  }
  if (alert.startsAtMs < trafficSinceMs) {
    const before = formatDuration(trafficSinceMs - alert.startsAtMs);
    return nothing(`it began ${before} before ${version} had any traffic`);
  }
  const after = formatDuration(alert.startsAtMs - trafficSinceMs);
  return { action: 'abort', open, reason: `it began ${after} after ${version} got traffic` };
}

function judgeLastRollout(
  alert: Alert,
  { history, serving, target, environment, service }: FoundService,
  { nowMs, undoWindowMs }: { nowMs: number; undoWindowMs: number },
): AlertJudgement {
  const [last] = history;
  if (last === undefined || target === undefined) {
    return nothing(`no rollout of ${environment}/${service} is known`);
  }
  const { version, previousVersion } = last;
  const sinceMs = nowMs - last.endedAtMs;
  const notPromoted = whyNothingToUndo(last);
  if (notPromoted !== undefined) return nothing(`${notPromoted}, ${formatDuration(sinceMs)} ago`);
  if (alert.startsAtMs <= last.endedAtMs) {
    return nothing(`it began before ${version} was promoted`);
  }
  if (sinceMs > undoWindowMs) {
    return nothing(
      `${version} was promoted ${formatDuration(sinceMs)} ago, longer than the ${formatDuration(undoWindowMs)} in which an alert may undo it`,
    );
  }
  if (previousVersion === undefined) {
    return nothing(`${version} is the first release: there is nothing to go back to`);
  }
  if (serving?.version !== version) {
    return nothing(
      `${version} was promoted last, but ${serving?.version ?? 'nothing'} serves: somebody else has changed it`,
    );
  }
  const kept = serving.kept.find((one) => one.version === previousVersion);
  if (kept === undefined) {
    return nothing(`${previousVersion}, which was before ${version}, is not kept`);
  }
  const after = formatDuration(alert.startsAtMs - last.endedAtMs);
  return {
    action: 'undo',
    promotion: last,
    target,
    toRevision: kept.revision,
    reason: `it began ${after} after ${version} was promoted`,
  };
}

/** Only a release that was just promoted can be what is wrong; after anything else it is not new. */
function whyNothingToUndo({ kind, outcome, version }: ClosedRollout): string | undefined {
  if (kind === 'rollback' && promoted.includes(outcome)) {
    return `the last thing done was to go back to ${version}`;
  }
  if (kind === 'unknown' && promoted.includes(outcome)) {
    return `it is not known whether the last rollout, which died, brought ${version} out or went back to it`;
  }
  if (promoted.includes(outcome)) return undefined;
  return `the last rollout, of ${version}, ended as ${outcome}`;
}

const promoted: Outcome[] = ['Promoted', 'FastPromoted'];

function nothing(reason: string): AlertJudgement {
  return { action: 'none', reason };
}
