import type { Run } from '../../../kernel/run.ts';
import type { OpenStep } from '../../../kernel/steps.ts';
import { carryOn, isRetried } from '../carry-on.ts';
import { tryStep } from '../try-step.ts';

interface Item {
  /** Of its step. */
  name: string;
  act: (step: OpenStep) => Promise<void>;
}

/** All at once; then people are asked about those that failed, one after the other. */
export async function carryOnAll(
  run: Run & { readonly missing: string[] },
  items: readonly Item[],
): Promise<void> {
  const tried = await Promise.all(
    items.map(({ name, act }) => tryStep(run, { name, source: 'Belay' }, act)),
  );
  for (const [index, { name, act }] of items.entries()) {
    const why = tried[index];
    if (why !== undefined && (await isRetried(run, name, why))) await carryOn(run, name, act);
  }
}
