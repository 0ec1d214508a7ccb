import { isCancellation, rootCause } from '@temporalio/workflow';
import { takeStep, type OpenStep } from '../../kernel/steps.ts';
import type { Run } from '../../kernel/run.ts';

/** A step that keeps nothing waiting: where it fails it is shown as failed, and the run goes on. Returns why it failed. */
export async function tryStep(
  run: Run,
  { name, source }: { name: string; source: string },
  act: (step: OpenStep) => Promise<void>,
): Promise<string | undefined> {
  try {
    await takeStep(run, name, act);
    return undefined;
  } catch (error) {
    if (isCancellation(error)) throw error;
    const why = rootCause(error) ?? String(error);
    const shown = run.status.steps.findLast((step) => step.name === name);
    const atMs = Date.now();
    shown?.evidence.push({ what: 'failure', source, value: why.slice(0, 1_000), atMs });
    if (shown) Object.assign(shown, { state: 'failed', endedAtMs: atMs });
    run.refresh();
    return why;
  }
}
