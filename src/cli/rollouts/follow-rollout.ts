import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import type { Ledger } from '../../contracts/kernel/ledger.ts';
import { rolloutWorkflowId } from '../../kinds/locks.ts';
import type { RolloutStatus } from '../../contracts/rollouts/status.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import type { ServiceName } from '../service-name.ts';
import { describeRollout, queryStatus } from './read-rollout.ts';
import { withHoldProgress } from './hold-progress.ts';
import { findReport, readEnd, type RolloutEnd } from './rollout-end.ts';
import { isServerAway, isWorkerAway } from './unanswered.ts';

export type Sighting =
  | { kind: 'status'; status: RolloutStatus }
  /** Nobody answers for now; the rollout goes on, or waits, without us. */
  | { kind: 'silence'; who: 'temporal' | 'worker' }
  /** The last sighting. */
  | { kind: 'closed'; end: RolloutEnd };

export interface Followed {
  name: ServiceName;
  /** The rollout to follow; absent: the open one. */
  rolloutId?: string;
  /** A rollout that makes way first: the one after it is meant. */
  makingWay?: string;
  everyMs: number;
}

const serverAnswerMs = 5_000;

/** Watches one rollout until it closes, through outages of the workers and of Temporal. */
export async function* followRollout(
  client: Client,
  ledger: Ledger,
  { name, rolloutId, makingWay, everyMs }: Followed,
): AsyncGenerator<Sighting, void> {
  let expectedId = rolloutId;
  for (;;) {
    let sighting = await takeSnapshot(client, ledger, name, expectedId);
    if (sighting.kind === 'status' && sighting.status.rolloutId !== makingWay) {
      expectedId ??= sighting.status.rolloutId;
      if (sighting.status.rolloutId !== expectedId) {
        sighting = {
          kind: 'closed',
          end: await endOfReplaced(ledger, name, expectedId, sighting.status),
        };
      }
    }
    yield sighting;
    if (sighting.kind === 'closed') return;
    await sleep(everyMs);
  }
}

async function takeSnapshot(
  client: Client,
  ledger: Ledger,
  name: ServiceName,
  expectedId: string | undefined,
): Promise<Sighting> {
  const workflowId = rolloutWorkflowId(name);
  let run: WorkflowExecutionDescription | undefined;
  try {
    run = await client.withDeadline(Date.now() + serverAnswerMs, () =>
      describeRollout(client, workflowId),
    );
    if (run && run.status.name !== 'RUNNING') {
      return { kind: 'closed', end: await readEnd(client, ledger, name, run, expectedId) };
    }
  } catch (error) {
    if (isServerAway(error) || isWorkerAway(error)) return { kind: 'silence', who: 'temporal' };
    throw error;
  }
  if (!run) throw new CliFailure(exitCodes.badInput, `Temporal knows of no rollout ${workflowId}.`);
  try {
    const status = await queryStatus(client, workflowId);
    const { loadedDataConverter } = client.options;
    return { kind: 'status', status: await withHoldProgress(status, run, loadedDataConverter) };
  } catch (error) {
    if (isServerAway(error)) return { kind: 'silence', who: 'temporal' };
    if (isWorkerAway(error)) return { kind: 'silence', who: 'worker' };
    throw error;
  }
}

/** Another rollout is open under the same ID, so this one has closed. */
async function endOfReplaced(
  ledger: Ledger,
  name: ServiceName,
  expectedId: string,
  other: RolloutStatus,
): Promise<RolloutEnd> {
  const report = await findReport(ledger, name, expectedId);
  if (report) return { kind: 'report', report };
  const reason = `rollout ${other.rolloutId} replaced it`;
  return { kind: 'unreported', state: 'replaced', reason };
}
