import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { statusQuery } from '../../../src/contracts/kernel/messages.ts';
import type { RunReport } from '../../../src/contracts/kernel/report.ts';
import type { RunStatus } from '../../../src/contracts/kernel/run.ts';
import { searchAttributeNames } from '../../../src/contracts/kernel/search-attributes.ts';
import { eventually } from '../../fixtures/eventually.ts';

/** Also where its worker or its agent has to be missed and started again, on a machine that is busy. */
export const endsWithinMs = 240_000;
const phaseKey = defineSearchAttributeKey(searchAttributeNames.phase, 'KEYWORD');

export async function resultOf(
  handle: WorkflowHandle,
  kind: string,
  withinMs = endsWithinMs,
): Promise<RunReport> {
  const tooLate = new AbortController();
  const late = sleep(withinMs, undefined, { signal: tooLate.signal }).then(async () => {
    const { phase, now } = await handle.query<RunStatus>(statusQuery);
    throw new Error(`the ${kind} has not ended within ${withinMs / 1_000} s: ${phase}: ${now}`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([handle.result() as Promise<RunReport>, late]);
  } finally {
    tooLate.abort();
  }
}

export async function approve(handle: WorkflowHandle, story: Promise<unknown>): Promise<void> {
  const hasEnded = watchEnd(story);
  await eventually(async () => {
    if (hasEnded()) return;
    const { typedSearchAttributes } = await handle.describe();
    const phase = typedSearchAttributes.get(phaseKey);
    if (phase !== 'awaiting-approval') throw new Error('nobody is asked yet');
    await handle.signal('approve', { by: 'ana' });
  }, endsWithinMs);
}

/** Whether it has ended, asked whenever that matters. */
export function watchEnd(story: Promise<unknown>): () => boolean {
  let hasEnded = false;
  const ended = () => {
    hasEnded = true;
  };
  story.then(ended, ended);
  return () => hasEnded;
}
