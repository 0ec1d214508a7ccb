import { commandName } from '../../../kinds/command-name.ts';
import type { Notification } from '../../../contracts/kernel/notifications.ts';
import type { NotificationEvent } from '../../../kinds/notification-events.ts';
import { severityOf, type Occasion } from '../../kernel/notifications/compose-run-notification.ts';
import type { RolloutStatus, StageStatus } from '../../../contracts/rollouts/status.ts';
import { formatDuration } from '../../../specs/kernel/duration.ts';
import { kindName } from '../../../render/rollouts/kind-words.ts';
import { utcMoment } from '../../../render/kernel/moment.ts';
import { phaseAdvice } from '../../../render/rollouts/phase-advice.ts';
import { describeTraffic, stageName } from '../../../render/rollouts/stage-words.ts';

/** What to tell people of a rollout that stands like this. */
export function composeNotification(
  status: RolloutStatus,
  { event, atMs, occurrence = 1, waitingSinceMs, url }: Occasion,
): Notification {
  const { kind, service, environment, version, previousVersion, stages } = status;
  const { runId, rolloutId, workflowId } = status;
  const at = stages.findLastIndex(({ enteredAtMs }) => enteredAtMs !== undefined);
  const stage = stages[at];
  const waited =
    waitingSinceMs === undefined ? '' : ` (for ${formatDuration(atMs - waitingSinceMs)} now)`;
  return {
    id: [runId, event, at + 1, occurrence].join(':'),
    event,
    severity: severityOf[event],
    service,
    environment,
    version,
    ...(previousVersion !== undefined && { previousVersion }),
    workflowId,
    rolloutId,
    ...(stage && { stage: stageName(kind, stage.weight) }),
    atMs,
    title: `${environment}/${service}: ${headline(event, status, stage)}${waited}`,
    text: textOf(event, status, stage),
    reasons: reasonsFor(event, status, stage),
    ...(url !== undefined && { url }),
    commands: commandsFor(status),
  };
}

function headline(
  event: NotificationEvent,
  { kind, version, previousVersion, weight, reason, now }: RolloutStatus,
  stage: StageStatus | undefined,
): string {
  const where = stage === undefined ? '' : ` at ${stageName(kind, stage.weight)}`;
  switch (event) {
    case 'started':
      return `${version} begins, ${kindName(kind)} from ${previousVersion ?? 'nothing'}`;
    case 'stage':
      return describeTraffic({
        kind,
        weight,
        version,
        ...(previousVersion !== undefined && { previousVersion }),
      });
    case 'approval-needed':
      return `${version} waits for approval${where}`;
    case 'inconclusive':
      return `${version} needs a decision${where}: ${whyUndecided(stage)}`;
    case 'stuck':
      return `stable cannot take ${version} over`;
    case 'succeeded':
      return `${version} is promoted`;
    case 'failed':
      return `${version} failed and was undone: ${reason ?? now}`;
    case 'aborted':
      return `${version} was aborted and undone: ${reason ?? now}`;
    case 'superseded':
      return `${version} makes way for a newer release`;
    case 'undo-failed':
      return `undoing ${version} failed, and a person is needed`;
    case 'message':
      return `${version}: ${now}`;
    default:
      // Events of other kinds of runs.
      return now;
  }
}

function whyUndecided(stage: StageStatus | undefined): string {
  const { outcome = 'Passed' } = stage?.experiment ?? {};
  return outcome === 'Passed' ? 'too little evidence' : `its experiment ended as ${outcome}`;
}

function textOf(
  event: NotificationEvent,
  status: RolloutStatus,
  stage: StageStatus | undefined,
): string {
  const lines = [
    isUndone(event) ? 'Everything was put back.' : (status.reason ?? status.now),
    event === 'approval-needed' ? whoMayApprove(stage) : '',
    phaseAdvice(status) ?? '',
  ];
  return lines.filter((line) => line !== '').join('\n');
}

function isUndone(event: NotificationEvent): boolean {
  return event === 'failed' || event === 'aborted';
}

function whoMayApprove(stage: StageStatus | undefined): string {
  const { by = [], until } = stage?.needsApproval ?? {};
  const who = `It takes ${by.join(' or ') || 'anyone'}`;
  return until === undefined ? `${who}.` : `${who}, until ${utcMoment(until)}.`;
}

/** What the verdict said, or which undo would not go. */
function reasonsFor(
  event: NotificationEvent,
  { reason, undo }: RolloutStatus,
  stage: StageStatus | undefined,
): string[] {
  if (event === 'undo-failed') {
    return undo.flatMap(({ name, state, error }) =>
      state === 'failed' ? [error === undefined ? name : `${name}: ${error}`] : [],
    );
  }
  const { verdict } = stage ?? {};
  return verdict === undefined || verdict.kind === 'pass'
    ? []
    : verdict.reasons.filter((each) => each !== reason);
}

/** Commands that decide name the run: copied from an old message, they never reach a newer rollout. */
function commandsFor(status: RolloutStatus): string[] {
  const { accepts, environment, service, outcome, rolloutId } = status;
  const name = `${environment}/${service}`;
  if (outcome !== undefined) return [`belay report ${name}`];
  return [
    `belay status ${name}`,
    ...accepts
      .filter((verb) => verb !== 'undo')
      .map((verb) => `belay ${commandName(verb)} ${name} --run ${rolloutId}`),
  ];
}
