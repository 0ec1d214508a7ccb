import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { RunStep } from '../../../../src/contracts/kernel/agent.ts';
import type {
  DatabaseNodeActivities,
  FenceEvidence,
  FenceFormerCall,
  FollowNodeCall,
  NodeAddress,
  PromoteNodeCall,
  RejoinNodeCall,
} from '../../../../src/contracts/recovery/database-node.ts';
import type { DatabaseNode } from '../../../../src/specs/recovery/database-node.ts';
import { createAgentCalls } from '../../../kernel/agent-calls.ts';
import type { Fencing } from '../../../kernel/fencing.ts';

export type NodeActs = ReturnType<typeof createNodeActs>;

/** Of a primary that is down, every second counts: an agent that does not answer is absent soon. */
const absentAfterMs = 2_000;
/** For an agent that is away: it gets its act first once it is back. */
const yearMs = 365 * 86_400_000;
/** From an agent's death until its act is given to the agent that was started in its place. */
const heartbeatMs = 5_000;
/** All attempts of one act together: past it the run says what is missing. */
const budgetMs = 120_000;
const lookWithinMs = 10_000;
/** What a host knows of a server that does not answer. */
const examinedWithinMs = 3_000;

/** Everything a run does with one node, by the agent of its host. */
export function createNodeActs(
  { name, agent, cluster }: DatabaseNode,
  fencing: Pick<Fencing, 'next'>,
) {
  const calls = createAgentCalls(agent, fencing, { heartbeatMs, budgetMs, absentAfterMs });
  const { nextStep } = calls;
  const retry = { ...calls.options.short.retry, initialInterval: 200, maximumInterval: 2_000 };
  const looks = proxyActivities<DatabaseNodeActivities>({
    ...calls.options.short,
    ...{ retry: { ...retry, maximumAttempts: 2 }, startToCloseTimeout: lookWithinMs },
  });
  const fences = proxyActivities<DatabaseNodeActivities>({ ...calls.options.reverts, retry });
  // Nobody else can do these: an agent that is being started again is waited for.
  const patient = createAgentCalls(agent, fencing, { heartbeatMs, budgetMs });
  const acts = proxyActivities<DatabaseNodeActivities>({ ...patient.options.reverts, retry });
  const long = proxyActivities<DatabaseNodeActivities>({
    ...patient.options.long,
    retry: { ...retry, maximumAttempts: 20 },
  });
  const watches = proxyActivities<DatabaseNodeActivities>({
    ...calls.options.long,
    ...{ retry: { maximumAttempts: 1 }, cancellationType: ActivityCancellationType.TRY_CANCEL },
  });
  const about = { ...calls.call, cluster };
  const { answer } = calls;

  return {
    name,
    agent,
    nextStep,

    examine: (answerWithinMs?: number) =>
      answer(
        looks.examineNode.executeWithOptions(
          {
            summary: `examine ${name}`,
            // A poll of a host that is cut off takes it, and nobody ever hears of it.
            ...(answerWithinMs !== undefined && {
              startToCloseTimeout: answerWithinMs + examinedWithinMs,
            }),
          },
          [{ ...about, ...(answerWithinMs !== undefined && { answerWithinMs }) }],
        ),
      ),

    observe: (timeoutMs: number, peer?: NodeAddress) =>
      answer(
        looks.observeNode.executeWithOptions(
          {
            summary: peer === undefined ? `look at ${name}` : `look from ${name}`,
            // The others have looked already: an agent that was cut off with the look must not keep them.
            startToCloseTimeout: timeoutMs + absentAfterMs,
          },
          [{ ...about, timeoutMs, ...(peer && { peer }) }],
        ),
      ),

    /** Its own server, whenever its agent is back. */
    observeOnceBack: (timeoutMs: number) =>
      answer(
        looks.observeNode.executeWithOptions(
          {
            summary: `look at ${name} once its agent is back`,
            ...{ scheduleToStartTimeout: yearMs, scheduleToCloseTimeout: yearMs },
            retry,
          },
          [{ ...about, timeoutMs }],
        ),
      ),

    watch: (
      watching: { timeoutMs: number; everyMs: number; reportAfterMs: number; leaseMs?: number },
      peer?: NodeAddress,
    ) =>
      answer(
        watches.watchNode.executeWithOptions(
          {
            summary: peer === undefined ? `watch ${name}` : `watch from ${name}`,
            heartbeatTimeout: watching.leaseMs ?? Math.max(heartbeatMs, 4 * watching.everyMs),
          },
          [{ ...about, ...watching, ...(peer && { peer }) }],
        ),
      ),

    fence: (act: RunStep, graceMs: number) =>
      answer(
        fences.fenceNode.executeWithOptions(
          {
            summary: graceMs > 0 ? `shut ${name} down` : `fence ${name}`,
            startToCloseTimeout: budgetMs + graceMs,
            scheduleToCloseTimeout: budgetMs + graceMs,
          },
          [{ ...about, act, graceMs }],
        ),
      ),

    /** The same act again, whenever its agent is back. */
    fenceOnceBack: (act: RunStep, graceMs: number) =>
      answer(
        fences.fenceNode.executeWithOptions(
          {
            summary: `fence ${name} once its agent is back`,
            startToCloseTimeout: budgetMs + graceMs,
            ...{ scheduleToStartTimeout: yearMs, scheduleToCloseTimeout: yearMs },
          },
          [{ ...about, act, graceMs }],
        ),
      ),

    /** The agent of a host that is away gets it first once it is back. */
    fenceFormer: (successor: FenceFormerCall['successor']) =>
      answer(
        fences.fenceFormer.executeWithOptions(
          {
            summary: `fence ${name} once its host is back`,
            scheduleToStartTimeout: yearMs,
            scheduleToCloseTimeout: yearMs,
            retry: { ...retry, maximumAttempts: 20 },
          },
          [{ ...about, act: nextStep(), successor }],
        ),
      ),

    /** `fence` may not have been carried out: then it never is. */
    unfence: (fence: RunStep) =>
      answer(
        acts.unfenceNode.executeWithOptions({ summary: `start ${name} as the primary again` }, [
          { ...about, act: nextStep(), fence },
        ]),
      ),

    restart: () =>
      answer(
        acts.restartNode.executeWithOptions({ summary: `restart ${name}` }, [
          { ...about, act: nextStep() },
        ]),
      ),

    awaitReplay: (lsn: string, withinMs: number) =>
      answer(
        acts.awaitReplay.executeWithOptions(
          {
            summary: `${name} replays ${lsn}`,
            // Late is late: clients wait meanwhile.
            scheduleToCloseTimeout: withinMs + lookWithinMs,
          },
          [{ ...about, lsn, withinMs }],
        ),
      ),

    promote: (fence: FenceEvidence, expected: PromoteNodeCall['expected']) =>
      answer(
        acts.promoteNode.executeWithOptions({ summary: `promote ${name}` }, [
          { ...about, act: nextStep(), fence, expected },
        ]),
      ),

    /** Whoever promoted it. */
    awaitPromotion: (after: number, withinMs: number) =>
      answer(
        acts.awaitPromotion.executeWithOptions(
          {
            summary: `${name} takes writes`,
            ...{ startToCloseTimeout: withinMs + lookWithinMs },
            scheduleToCloseTimeout: withinMs + 2 * lookWithinMs,
          },
          [{ ...about, after, withinMs }],
        ),
      ),

    keepStandby: () =>
      answer(
        acts.keepStandby.executeWithOptions({ summary: `${name} stays a standby` }, [
          { ...about, act: nextStep() },
        ]),
      ),

    proveWrites: (nonce: string) =>
      answer(
        acts.proveWrites.executeWithOptions({ summary: `write to ${name}, and read it back` }, [
          { ...about, act: nextStep(), nonce },
        ]),
      ),

    /** Long beside the others: a repository may be far away. */
    proveArchiving: (withinMs: number) =>
      answer(
        acts.proveArchiving.executeWithOptions(
          {
            summary: `the log of ${name} arrives`,
            retry: { ...retry, maximumAttempts: 2 },
          },
          [{ ...about, act: nextStep(), withinMs }],
        ),
      ),

    prepareToLead: (slots: readonly string[]) =>
      answer(
        acts.prepareToLead.executeWithOptions({ summary: `slots and a checkpoint on ${name}` }, [
          { ...about, act: nextStep(), slots },
        ]),
      ),

    follow: (order: Pick<FollowNodeCall, 'primary' | 'slot'>) =>
      answer(
        acts.followNode.executeWithOptions({ summary: `${name} follows the new primary` }, [
          { ...about, act: nextStep(), ...order, applicationName: name },
        ]),
      ),

    rejoin: (order: Pick<RejoinNodeCall, 'primary' | 'slot' | 'systemIdentifier' | 'method'>) =>
      answer(
        long.rejoinNode.executeWithOptions({ summary: `rejoin ${name}` }, [
          { ...about, act: nextStep(), ...order, applicationName: name },
        ]),
      ),
  };
}
