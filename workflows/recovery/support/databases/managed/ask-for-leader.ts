import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type {
  ManagerAnswer,
  ManagerFacts,
} from '../../../../../src/contracts/recovery/database-manager.ts';
import type { DatabaseNode } from '../../../../../src/specs/recovery/database-node.ts';
import { formatDuration } from '../../../../../src/specs/kernel/duration.ts';
import type { Ending } from '../../../../kernel/ending.ts';
import { reasonOf } from '../../../../kernel/reason-of.ts';
import { takeStep, type OpenStep } from '../../../../kernel/steps.ts';
import { isRetried } from '../../carry-on.ts';
import type { DatabaseRun } from '../database-run.ts';
import { refusal } from '../examine-nodes.ts';
import { watchForAnotherLeader } from './await-another-leader.ts';
import { seeWhoLeads, type WhoLeads } from './who-leads.ts';

export interface WantedLeader {
  /** Who led before the run, and may lead again: that is no change. */
  former: DatabaseNode;
  /** Whether it leads now; otherwise nobody does. */
  isLed: boolean;
  /** Also where limits of the manager are against it. */
  isForced: boolean;
  to: DatabaseNode;
  manager: Pick<ManagerFacts, 'settledWithinMs'>;
}

const everyMs = 200;
const againAfterMs = 500;

/**
 * The commit point: asks the manager, and waits for what its members show, whatever it answers. Returns
 * who leads. Throws where the former leader still does; where nobody can say who does, a person decides.
 * Where they give it up, or nobody of the plan leads, everything stays as it is, and the run ends so.
 */
export async function askForLeader<Spec>(
  run: DatabaseRun<Spec>,
  wanted: WantedLeader,
): Promise<DatabaseNode | Ending> {
  run.requireNotStopped();
  const name = `ask the manager to let ${wanted.to.name} lead`;
  return CancellationScope.nonCancellable(() =>
    run.whileUnsettled(async () => {
      for (let isAsked = false; ; isAsked = true) {
        try {
          return await takeStep(run, name, ({ prove }) => settle(run, wanted, { isAsked, prove }));
        } catch (error) {
          if (!(error instanceof UnclearLeader)) throw error;
          if (await isRetried(run, name, error.message)) continue;
          const reason = 'Nobody could say who leads';
          return leaveAsItIs(run, { as: 'nobody can say who leads', reason });
        }
      }
    }),
  );
}

/** Caught by whoever asks: people are asked, and nothing is undone. */
class UnclearLeader extends Error {}

interface Settling {
  /** It is not asked twice: only who leads is read again. */
  isAsked: boolean;
  prove: OpenStep['prove'];
}

async function settle<Spec>(
  run: DatabaseRun<Spec>,
  wanted: WantedLeader,
  { isAsked, prove }: Settling,
): Promise<DatabaseNode | Ending> {
  const { former, isForced, to, manager } = wanted;
  const { heard, now } = await untilSettled(run, wanted, isAsked);
  prove({
    what: 'answered',
    source: (isForced ? to : former).agent,
    value: heard?.said ?? 'nothing yet',
    threshold: 'no proof',
  });
  if (now.is !== 'another') {
    const later = `, ${formatDuration(manager.settledWithinMs)} later. It may still act on it: see its log`;
    const hint = heard?.is === 'refused' && now.is === 'the-former' ? '' : later;
    const who = now.is === 'unclear' ? now.why : `${former.name} still leads`;
    const why = `Patroni ${describeHeard(heard)}, and ${who}${hint}`;
    throw now.is === 'unclear' ? new UnclearLeader(why) : refusal(why);
  }
  const { leader } = now;
  prove({ what: 'leader', source: to.agent, value: leader, threshold: to.name });
  run.found.to = leader;
  if (leader !== to.name) {
    run.missing.push(`let ${to.name} lead: Patroni chose ${leader}`);
    // What was weighed is the loss of the other.
    delete run.found.loss;
  }
  const node = run.plan.nodes.find(({ name }) => name === leader);
  if (node === undefined) {
    const reason = `${leader} leads, which is no node of the plan: add it to nodes`;
    return leaveAsItIs(run, { as: `${leader} leads`, reason });
  }
  run.commit();
  return node;
}

/** What a request has come to; `failure`: no agent could say. */
type Heard = ManagerAnswer & { failure?: true };

function describeHeard(heard: Heard | undefined): string {
  if (heard === undefined) return 'did not answer';
  return heard.failure === true ? `did not answer: ${heard.said}` : `answered ${heard.said}`;
}

interface Settled {
  heard?: Heard;
  now: WhoLeads;
}

/**
 * Whatever is first: another one leads, the manager refuses and the former still leads, or the time of the
 * manager is over, which begins once nobody asks any more.
 */
async function untilSettled<Spec>(
  run: DatabaseRun<Spec>,
  wanted: WantedLeader,
  isAsked: boolean,
): Promise<Settled> {
  const { former, manager } = wanted;
  let heard: Heard | undefined;
  const waiting = new CancellationScope();
  const led = waiting.run(async (): Promise<WhoLeads> => {
    const leader = await watchForAnotherLeader(run, { than: former.name, everyMs });
    return { is: 'another', leader };
  });
  const judge = async (): Promise<WhoLeads> => {
    if (!isAsked) heard = await ask(run, wanted, waiting);
    if (heard?.is === 'refused') {
      // It answers once it is done: what it has done is seen before.
      const now = await seeWhoLeads(run, former);
      // An agent that died after it had asked asks again, and is refused amid what it has begun itself.
      if (now.is !== 'unclear') return now;
    }
    await waiting.run(() => sleep(manager.settledWithinMs));
    const now = await seeWhoLeads(run, former);
    if (now.is !== 'unclear') return now;
    // A change just then is seen by some hosts before others.
    await waiting.run(() => sleep(againAfterMs));
    return seeWhoLeads(run, former);
  };
  const judged = judge();
  try {
    const now = await Promise.race([led, judged]);
    return { now, ...(heard && { heard }) };
  } finally {
    waiting.cancel();
    for (const rest of [led, judged]) rest.catch(() => undefined);
  }
}

/** Nobody else is asked once another one leads: `waiting` is over then. */
async function ask<Spec>(
  run: DatabaseRun<Spec>,
  { former, isLed, to, isForced }: WantedLeader,
  waiting: CancellationScope,
): Promise<Heard> {
  const led = isForced ? { former: former.name } : { from: former.name };
  const wanted = { ...(isLed && led), to: to.name };
  let failure: string | undefined;
  // The leader acts at once on what it is asked itself. One that has not leads no more: twice is once.
  for (const by of isForced ? [to] : [former, to]) {
    if (waiting.consideredCancelled) break;
    try {
      const answer = await run.manager(by).requestLeader(wanted);
      // Nobody knows what the first one has begun: a refusal of the second does not say.
      return failure !== undefined && answer.is === 'refused'
        ? { ...answer, is: 'unknown' }
        : answer;
    } catch (error) {
      if (isCancellation(error)) throw error;
      failure = reasonOf(error);
    }
  }
  return { is: 'unknown', said: failure ?? '', failure: true };
}

/** To undo it would lead clients to a member that may be about to stop, or does not lead. */
function leaveAsItIs<Spec>(
  run: DatabaseRun<Spec>,
  { as, reason }: { as: string; reason: string },
): Ending {
  const left = run.undo.list().map(({ name }) => name);
  if (left.length > 0) run.note(`not done, as ${as}: ${left.join('; ')}`);
  run.commit();
  return { outcome: 'Incomplete', reason: `${reason}. Not done: ${run.missing.join('; ')}` };
}
