import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { describeRun } from '../../adapters/temporal/describe-run.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { isServerAway, isWorkerAway } from './unanswered.ts';

export type Sighting<Status, End> =
  | { kind: 'status'; status: Status }
  /** Nobody answers for now; the run goes on, or waits, without us. */
  | { kind: 'silence'; who: 'temporal' | 'worker' }
  /** The last sighting. */
  | { kind: 'closed'; end: End };

/** Which run to follow. */
export interface Followed {
  /** Absent: the open one. */
  runRef?: string;
  /** A run that gives way first: the one after it is followed. */
  makingWay?: string;
}

/** How the status and the end of a kind of run are read. */
export interface RunReader<Status, End> {
  workflowId: string;
  readStatus(run: WorkflowExecutionDescription): Promise<Status>;
  refOf(status: Status): string;
  /** How a closed run ended, or how the expected one did, if that was another. */
  readEnd(run: WorkflowExecutionDescription, expectedRef: string | undefined): Promise<End>;
  /** Another run is open under the same ID, so the expected one has closed. */
  readEndOfReplaced(expectedRef: string, other: Status): Promise<End>;
}

const serverAnswerMs = 5_000;

/** Watches one run until it closes, through outages of the workers and of Temporal. */
export async function* followRun<Status, End>(
  client: Client,
  reader: RunReader<Status, End>,
  { runRef, makingWay, everyMs }: Followed & { everyMs: number },
): AsyncGenerator<Sighting<Status, End>, void> {
  let expectedRef = runRef;
  for (;;) {
    let sighting = await takeSnapshot(client, reader, expectedRef);
    if (sighting.kind === 'status' && reader.refOf(sighting.status) !== makingWay) {
      expectedRef ??= reader.refOf(sighting.status);
      if (reader.refOf(sighting.status) !== expectedRef) {
        const end = await reader.readEndOfReplaced(expectedRef, sighting.status);
        sighting = { kind: 'closed', end };
      }
    }
    yield sighting;
    if (sighting.kind === 'closed') return;
    await sleep(everyMs);
  }
}

async function takeSnapshot<Status, End>(
  client: Client,
  reader: RunReader<Status, End>,
  expectedRef: string | undefined,
): Promise<Sighting<Status, End>> {
  const { workflowId } = reader;
  let run: WorkflowExecutionDescription | undefined;
  try {
    run = await client.withDeadline(Date.now() + serverAnswerMs, () =>
      describeRun(client, workflowId),
    );
    if (run && run.status.name !== 'RUNNING') {
      return { kind: 'closed', end: await reader.readEnd(run, expectedRef) };
    }
  } catch (error) {
    if (isServerAway(error) || isWorkerAway(error)) return { kind: 'silence', who: 'temporal' };
    throw error;
  }
  if (!run) throw new CliFailure(exitCodes.badInput, `Temporal knows of no run ${workflowId}.`);
  try {
    return { kind: 'status', status: await reader.readStatus(run) };
  } catch (error) {
    if (isServerAway(error)) return { kind: 'silence', who: 'temporal' };
    if (isWorkerAway(error)) return { kind: 'silence', who: 'worker' };
    throw error;
  }
}
