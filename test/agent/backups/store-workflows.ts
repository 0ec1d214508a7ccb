/** Workflows that only tests have: one call after the other, as a run makes them. */
import { CancellationScope, proxyActivities, sleep, workflowInfo } from '@temporalio/workflow';
import type { Component } from '../../../src/contracts/backups/source.ts';
import {
  copyName,
  type Assertion,
  type BackupStoreActivities,
  type CopyState,
  type RestoreInto,
} from '../../../src/contracts/backups/store.ts';
import { createAgentCalls } from '../../../workflows/kernel/agent-calls.ts';
import { Fencing } from '../../../workflows/kernel/fencing.ts';

export type AskedOfStore =
  | { make: string }
  | { read: string }
  | { examine: true }
  | { restore: string; label: string; into?: RestoreInto; keepForMs: number }
  /** Of the copy restored last: runs it while `assertions` are asked of it, once it is promoted. */
  | { run: Assertion[]; forMs: number }
  | { remove: true };

/** Does one after the other, and returns the answers. */
export async function storeOnAgent(
  component: Component,
  asked: AskedOfStore[],
  heartbeatMs: number,
): Promise<unknown[]> {
  const fencing = new Fencing(workflowInfo().workflowId);
  const calls = createAgentCalls(component.agent, fencing, { heartbeatMs, budgetMs: 120_000 });
  const store = proxyActivities<BackupStoreActivities>(calls.options.reverts);
  const about = { ...calls.call, plan: { environment: 'test', backup: 'shop' }, component };
  const answers: unknown[] = [];
  let copy = '';
  for (const one of asked) {
    const act = calls.nextStep();
    if ('make' in one) {
      answers.push(await store.makeSet({ ...about, act, repository: one.make, type: 'full' }));
    }
    if ('read' in one) answers.push(await store.readRepository({ ...about, repository: one.read }));
    if ('examine' in one) answers.push(await store.examineSource(about));
    if ('restore' in one) {
      const { restore: repository, label, into = { kind: 'copy' }, keepForMs } = one;
      copy = copyName(act);
      const target = { kind: 'latest' } as const;
      const order = { act, repository, label, target, into, keepForMs };
      answers.push(await store.restoreSet({ ...about, ...order }));
    }
    if ('run' in one) {
      const running = new CancellationScope();
      const ended = running
        .run(() => store.runCopy({ ...about, copy, act, forMs: one.forMs }))
        .catch((error: unknown) => error);
      let state: CopyState['state'] | undefined;
      while (state !== 'promoted' && state !== 'failed') {
        await sleep(200);
        ({ state } = await store.inspectCopy({ ...about, copy }));
      }
      const assertions = one.run;
      answers.push(await store.assertCopy({ ...about, copy, act: calls.nextStep(), assertions }));
      running.cancel();
      await ended;
    }
    if ('remove' in one) answers.push(await store.removeCopy({ ...about, copy, act }));
  }
  return answers;
}
