import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type {
  ExamineTargetCall,
  HostFaultActivities,
  InjectFaultCall,
  ObserveFaultCall,
} from '../../../src/contracts/chaos/host-faults.ts';
import type { WatchOrder } from '../../../src/contracts/chaos/observation.ts';
import { createAgentActs } from '../../kernel/agent-acts.ts';
import { createAgentCalls } from '../../kernel/agent-calls.ts';
import type { Fencing } from '../../kernel/fencing.ts';

export type FaultActs = ReturnType<typeof createFaultActs>;

/** An agent that does not answer is absent soon: nothing is injected then, or it ends by itself. */
const absentAfterMs = 10_000;
const heartbeatMs = 10_000;
const budgetMs = 60_000;
/** For answers that are under way when a watch ends, and a host that is busy. */
const graceMs = 60_000;
const whenTold = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;

/** Everything a run does with the faults of one host, by its agent. */
export function createFaultActs(agent: string, fencing: Pick<Fencing, 'next'>) {
  const patience = { heartbeatMs, budgetMs, absentAfterMs };
  const { call, options, nextStep, answer } = createAgentCalls(agent, fencing, patience);
  const leases = createAgentActs(agent, fencing, patience);
  const short = proxyActivities<HostFaultActivities>(options.short);
  const acts = proxyActivities<HostFaultActivities>(options.reverts);
  const watches = proxyActivities<HostFaultActivities>({
    ...options.long,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  });

  return {
    nextStep,
    extend: leases.extendLease,
    remove: leases.revertLease,
    ask: leases.runProbe,

    examine: (asked: Pick<ExamineTargetCall, 'target' | 'fault' | 'durationMs'>) =>
      answer(
        short.examineTarget.executeWithOptions({ summary: `examine the target on ${agent}` }, [
          { ...call, ...asked },
        ]),
      ),

    inject: (order: Omit<InjectFaultCall, 'contract' | 'agent'>) =>
      answer(
        acts.injectFault.executeWithOptions({ summary: `${order.fault.type} on ${agent}` }, [
          { ...call, ...order },
        ]),
      ),

    observe: (asked: Omit<ObserveFaultCall, 'contract' | 'agent'>) =>
      answer(
        short.observeFault.executeWithOptions({ summary: `look for it on ${agent}` }, [
          { ...call, ...asked },
        ]),
      ),

    /** `tells`: the agent is waited for where the watch is cancelled, and tells what it has sampled. */
    watch: (order: WatchOrder, { tells }: { tells: boolean }) =>
      answer(
        watches.watchProbes.executeWithOptions(
          {
            summary: `sample probes by ${agent}`,
            ...(tells && { cancellationType: whenTold }),
            startToCloseTimeout: order.forMs + graceMs,
            scheduleToCloseTimeout: order.forMs + 2 * graceMs,
          },
          [{ ...call, ...order }],
        ),
      ),
  };
}
