import { condition, isCancellation } from '@temporalio/workflow';
import { reasonOf } from '../../kernel/reason-of.ts';
import { failStep, takeStep, type OpenStep } from '../../kernel/steps.ts';
import type { Run } from '../../kernel/run.ts';

/**
 * A step after which there is no way back. Where it fails, people are asked: it is tried again for as
 * long as they say so. Undefined where they gave it up, and the run says at its end what is missing.
 */
export async function carryOn<T>(
  run: Run & { readonly missing: string[] },
  name: string,
  act: (step: OpenStep) => Promise<T>,
): Promise<T | undefined> {
  for (;;) {
    try {
      return await takeStep(run, name, act);
    } catch (error) {
      if (isCancellation(error)) throw error;
      const why = reasonOf(error);
      if (!(await isRetried(run, name, why))) return undefined;
    }
  }
}

/** Waits until a person says whether what has failed is tried again, or is missing. */
export async function isRetried(
  run: Run & { readonly missing: string[] },
  name: string,
  why: string,
): Promise<boolean> {
  failStep(run, name);
  run.inbox.answers.take();
  run.enterPhase('stuck', `Failed to ${name}: ${why}. Answer with retry or giveUp`);
  await condition(() => run.inbox.answers.value !== undefined);
  if (run.inbox.answers.take() === 'retry') return true;
  run.missing.push(`${name}: ${why}`);
  return false;
}
