import type { WorkStatus } from '../objects.ts';
import { describeData, isOver, isWhole, type VolumeData } from './volume-data.ts';

const finalPhases = ['Completed', 'PartiallyFailed', 'Failed', 'FailedValidation', 'Deleting'];

/** Whether Velero does nothing more about it. */
export function hasEnded({ phase = '' }: WorkStatus): boolean {
  return finalPhases.includes(phase);
}

/**
 * What is wrong with a backup or a restore that has ended. Completed alone proves nothing: the
 * counts and the data of each volume have to say the same.
 */
export function judgeWork(status: WorkStatus, volumes: readonly VolumeData[]): string[] {
  return [...judgeStatus(status), ...judgeVolumes(volumes)];
}

function judgeStatus(status: WorkStatus): string[] {
  const { phase = 'New', failureReason, validationErrors = [], errors = 0, progress } = status;
  const { hooksFailed = 0 } = status.hookStatus ?? {};
  const items = progress?.itemsBackedUp ?? progress?.itemsRestored ?? 0;
  const total = progress?.totalItems ?? 0;
  const isComplete = phase === 'Completed';
  return [
    ...(isComplete ? [] : [`Velero says ${phase}`]),
    ...(failureReason === undefined || failureReason === '' ? [] : [failureReason]),
    ...validationErrors,
    ...(errors > 0 ? [`Velero counts ${plural(errors, 'error')}`] : []),
    ...(hooksFailed > 0 ? [`${plural(hooksFailed, 'hook')} of its pods failed`] : []),
    ...judgeOperations(status),
    ...(isComplete && total === 0 ? ['it has no object'] : []),
    ...(isComplete && items < total ? [`${items} of ${total} objects are in it`] : []),
  ];
}

function judgeOperations(status: WorkStatus): string[] {
  const attempted =
    status.backupItemOperationsAttempted ?? status.restoreItemOperationsAttempted ?? 0;
  const completed =
    status.backupItemOperationsCompleted ?? status.restoreItemOperationsCompleted ?? 0;
  return completed >= attempted
    ? []
    : [`${completed} of ${plural(attempted, 'operation')} of its plugins completed`];
}

function judgeVolumes(volumes: readonly VolumeData[]): string[] {
  return volumes.filter((volume) => !isWhole(volume)).map(describeData);
}

/** How far it is, for whoever waits. */
export function describeWork(what: string, status: WorkStatus, volumes: readonly VolumeData[]) {
  const { phase, progress, queuePosition = 0 } = status;
  const state = phase === undefined || phase === '' ? 'not taken up by the server' : phase;
  const place = queuePosition > 0 ? ` (number ${queuePosition} in the queue)` : '';
  const items = progress?.itemsBackedUp ?? progress?.itemsRestored;
  const counted = items === undefined ? '' : `, ${items} of ${progress?.totalItems ?? '?'} objects`;
  const whole = volumes.filter(isWhole).length;
  const data = volumes.length === 0 ? '' : `, ${whole} of ${volumes.length} volumes`;
  return `${what} is ${state}${place}${counted}${data}`;
}

/** What it waits for. */
export function describeStuck(volumes: readonly VolumeData[]): string[] {
  return volumes.filter((volume) => !isOver(volume)).map(describeData);
}

function plural(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}
