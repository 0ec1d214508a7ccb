import { proxyActivities } from '@temporalio/workflow';
import type { RunStep } from '../../../src/contracts/kernel/agent.ts';
import type { SetType } from '../../../src/contracts/backups/backup-set.ts';
import type { Component, PlanName } from '../../../src/contracts/backups/source.ts';
import type {
  Assertion,
  BackupStoreActivities,
  CheckExtent,
  RestoreInto,
  RestoreTarget,
  StopPoint,
} from '../../../src/contracts/backups/store.ts';
import { readPages } from './read-pages.ts';
import type { Fencing } from '../../kernel/fencing.ts';
import { createComponentCalls } from './component-calls.ts';

export type StoreActs = ReturnType<typeof createStoreActs>;

/** What is restored, and how. The act names the copy. */
export interface RestoreOrder {
  act: RunStep;
  repository: string;
  label: string;
  target: RestoreTarget;
  into: RestoreInto;
  keepForMs: number;
}

/** Everything a run does with one component, by its own agent or by the one that restores it. */
export function createStoreActs(
  plan: PlanName,
  component: Component,
  fencing: Pick<Fencing, 'next'>,
  agent = component.agent,
) {
  const { about, what, options, nextStep, answer } = createComponentCalls({
    ...{ plan, component, fencing, agent },
  });
  const reads = proxyActivities<BackupStoreActivities>(options.reads);
  const long = proxyActivities<BackupStoreActivities>(options.long);

  return {
    agent,
    component,
    nextStep,

    examine: () =>
      answer(reads.examineSource.executeWithOptions({ summary: `examine ${what}` }, [about])),

    readRepository: (repository: string) =>
      readPages((page) =>
        answer(
          reads.readRepository.executeWithOptions({ summary: `${repository}, for ${what}` }, [
            { ...about, repository, ...(page && { page }) },
          ]),
        ),
      ),

    writeMark: (nonce: string) =>
      answer(
        reads.writeMark.executeWithOptions({ summary: `mark ${what}` }, [
          { ...about, act: nextStep(), nonce },
        ]),
      ),

    makeSet: (repository: string, type: SetType, act = nextStep()) =>
      answer(
        long.makeSet.executeWithOptions({ summary: `${type} set of ${what} in ${repository}` }, [
          { ...about, repository, act, type },
        ]),
      ),

    checkSet: (repository: string, label: string, extent: CheckExtent) =>
      answer(
        long.checkSet.executeWithOptions({ summary: `read ${label} of ${repository} back` }, [
          { ...about, repository, act: nextStep(), label, extent },
        ]),
      ),

    expireSets: (repository: string, labels: readonly string[]) =>
      answer(
        long.expireSets.executeWithOptions(
          { summary: `expire ${labels.length} in ${repository}` },
          [{ ...about, repository, act: nextStep(), labels }],
        ),
      ),

    copySet: (repository: string, label: string, to: string) =>
      answer(
        long.copySet.executeWithOptions({ summary: `${label} from ${repository} to ${to}` }, [
          { ...about, repository, act: nextStep(), label, to },
        ]),
      ),

    restoreSet: (order: RestoreOrder) =>
      answer(
        long.restoreSet.executeWithOptions(
          { summary: `restore ${order.label} of ${order.repository} on ${agent}` },
          [{ ...about, ...order }],
        ),
      ),

    runCopy: (copy: string, forMs: number, waiting: { act?: RunStep; until?: StopPoint } = {}) =>
      answer(
        long.runCopy.executeWithOptions({ summary: `run ${copy} on ${agent}` }, [
          {
            ...about,
            act: waiting.act ?? nextStep(),
            copy,
            forMs,
            ...(waiting.until && { until: waiting.until }),
          },
        ]),
      ),

    /** `server`: of the act that runs it, where another one may have run before. */
    inspectCopy: (copy: string, withinMs: number, server?: RunStep) =>
      answer(
        reads.inspectCopy.executeWithOptions({ summary: `inspect ${copy}` }, [
          { ...about, copy, withinMs, ...(server && { server }) },
        ]),
      ),

    assertCopy: (copy: string, assertions: readonly Assertion[]) =>
      answer(
        long.assertCopy.executeWithOptions({ summary: `ask ${copy}` }, [
          { ...about, act: nextStep(), copy, assertions },
        ]),
      ),

    removeCopy: (copy: string) =>
      answer(
        long.removeCopy.executeWithOptions({ summary: `remove ${copy} from ${agent}` }, [
          { ...about, act: nextStep(), copy },
        ]),
      ),
  };
}
