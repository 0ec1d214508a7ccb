import { allHandlersFinished, condition, sleep } from '@temporalio/workflow';

/**
 * An update that completes in the very task that continues as new can be lost
 * (temporalio/temporal#6375), so a separate task comes between the last response and the end.
 */
export async function untilNobodyIsAnswered(): Promise<void> {
  while (!allHandlersFinished()) {
    await condition(allHandlersFinished);
    await sleep(1, { summary: 'let the last response reach its sender' });
  }
}
