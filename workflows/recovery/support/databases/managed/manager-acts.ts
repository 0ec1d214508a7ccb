import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type {
  DatabaseManagerActivities,
  RequestLeaderCall,
  ManagedRejoinMethod,
} from '../../../../../src/contracts/recovery/database-manager.ts';
import type { DatabaseNode } from '../../../../../src/specs/recovery/database-node.ts';
import { createAgentCalls } from '../../../../kernel/agent-calls.ts';
import type { Fencing } from '../../../../kernel/fencing.ts';

export type ManagerActs = ReturnType<typeof createManagerActs>;

const absentAfterMs = 2_000;
const heartbeatMs = 5_000;
const budgetMs = 120_000;
const lookWithinMs = 10_000;

/** What a run asks of the manager of a database, by the agent of one of its hosts. */
export function createManagerActs(
  { name, agent, cluster }: DatabaseNode,
  fencing: Pick<Fencing, 'next'>,
) {
  const calls = createAgentCalls(agent, fencing, { heartbeatMs, budgetMs, absentAfterMs });
  const { nextStep, answer } = calls;
  const about = { ...calls.call, cluster };
  const looks = proxyActivities<DatabaseManagerActivities>({
    ...calls.options.short,
    retry: { ...calls.options.short.retry, initialInterval: 200, maximumAttempts: 2 },
    startToCloseTimeout: lookWithinMs,
  });
  const acts = proxyActivities<DatabaseManagerActivities>({
    ...calls.options.reverts,
    retry: { ...calls.options.short.retry, initialInterval: 200, maximumInterval: 2_000 },
  });
  // Whoever waits for what comes of it asks the next agent soon, or looks: nothing is asked behind their back.
  const requests = proxyActivities<DatabaseManagerActivities>({
    ...calls.options.reverts,
    retry: { ...calls.options.short.retry, initialInterval: 200, maximumAttempts: 3 },
  });
  const watches = proxyActivities<DatabaseManagerActivities>({
    ...calls.options.long,
    ...{ retry: { maximumAttempts: 1 }, cancellationType: ActivityCancellationType.TRY_CANCEL },
  });
  return {
    examine: () =>
      answer(
        looks.examineManager.executeWithOptions({ summary: `ask the manager of ${name}` }, [about]),
      ),

    /** Until another member leads than `leader`, or nobody has led for so long. */
    watch: (watching: { leader?: string; everyMs: number; reportAfterMs: number }) =>
      answer(
        watches.watchManager.executeWithOptions(
          {
            summary: `watch who leads, from ${name}`,
            heartbeatTimeout: Math.max(heartbeatMs, 4 * watching.everyMs),
          },
          [{ ...about, ...watching }],
        ),
      ),

    requestLeader: (wanted: Pick<RequestLeaderCall, 'from' | 'former' | 'to'>) =>
      answer(
        requests.requestLeader.executeWithOptions({ summary: `${wanted.to} is to lead` }, [
          { ...about, act: nextStep(), ...wanted },
        ]),
      ),

    requestRejoin: (method: ManagedRejoinMethod) =>
      answer(
        acts.requestRejoin.executeWithOptions({ summary: `rejoin ${name}: ${method}` }, [
          { ...about, act: nextStep(), method },
        ]),
      ),
  };
}
