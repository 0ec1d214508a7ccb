import { isCancellation } from '@temporalio/workflow';
import { reasonOf } from '../../kernel/reason-of.ts';
import type { Run } from '../../kernel/run.ts';
import { failStep, takeStep, takeStepBeside, type OpenStep } from '../../kernel/steps.ts';

export type Tried<T> = { ok: true; value: T } | { ok: false; reason: string };

/** A step that may fail without ending the run; only a person or a cancellation does that. */
export async function tryStep<T>(
  run: Run,
  name: string,
  act: (step: OpenStep) => Promise<T>,
  { isBeside = false } = {},
): Promise<Tried<T>> {
  try {
    const take = isBeside ? takeStepBeside : takeStep;
    return { ok: true, value: await take(run, name, act) };
  } catch (error) {
    if (isCancellation(error)) throw error;
    const reason = reasonOf(error);
    failStep(run, name, { what: 'failure', source: 'Belay', value: reason });
    return { ok: false, reason };
  }
}
