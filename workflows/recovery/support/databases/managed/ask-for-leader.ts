import {
  CancellationScope,
  CancelledFailure,
  isCancellation,
  rootCause,
} from '@temporalio/workflow';
import type {
  ManagerAnswer,
  ManagerFacts,
} from '../../../../../src/contracts/recovery/database-manager.ts';
import type { DatabaseNode } from '../../../../../src/specs/recovery/database-node.ts';
import { formatDuration } from '../../../../../src/specs/kernel/duration.ts';
import type { Ending } from '../../../../kernel/ending.ts';
import { takeStep } from '../../../../kernel/steps.ts';
import { isRetried } from '../../carry-on.ts';
import type { DatabaseRun } from '../database-run.ts';
import { refusal } from '../examine-nodes.ts';
import { awaitAnotherLeader } from './await-another-leader.ts';
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

/**
 * The commit point: asks the manager, and waits for what its members show, whatever it answers. Returns
 * who leads. Throws where the former leader still does; where nobody can say who does, a person decides.
 * Undefined: they gave it up, and everything stays as it is.
 */
export async function askForLeader<Spec>(
  run: DatabaseRun<Spec>,
  wanted: WantedLeader,
): Promise<DatabaseNode | undefined> {
  if (CancellationScope.current().consideredCancelled || run.interruption !== undefined) {
    throw new CancelledFailure('asked to stop before the manager was asked');
  }
  const name = `ask the manager to let ${wanted.to.name} lead`;
  return CancellationScope.nonCancellable(() =>
    run.whileUnsettled(async () => {
      for (let isAsked = false; ; isAsked = true) {
        try {
          return await takeStep(run, name, ({ prove }) => settle(run, wanted, { isAsked, prove }));
        } catch (error) {
          if (!(error instanceof UnclearLeader)) throw error;
          if (await isRetried(run, name, error.message)) continue;
          leaveAsItIs(run);
          return undefined;
        }
      }
    }),
  );
}

/** Where nobody could say who leads, and a person gave it up. */
export function concludeUnsettled<Spec>({ missing }: DatabaseRun<Spec>): Ending {
  const reason = `Nobody could say who leads. Not done: ${missing.join('; ')}`;
  return { outcome: 'Incomplete', reason };
}

/** Caught by whoever asks: people are asked, and nothing is undone. */
class UnclearLeader extends Error {}

interface Settling {
  /** It is not asked twice: only who leads is read again. */
  isAsked: boolean;
  prove: Parameters<Parameters<typeof takeStep>[2]>[0]['prove'];
}

async function settle<Spec>(
  run: DatabaseRun<Spec>,
  wanted: WantedLeader,
  { isAsked, prove }: Settling,
): Promise<DatabaseNode> {
  const { former, isForced, to, manager } = wanted;
  const { answer, now } = await untilSettled(run, wanted, isAsked);
  prove({
    what: 'answered',
    source: (isForced ? to : former).agent,
    value: answer?.said ?? 'nothing yet',
    threshold: 'no proof',
  });
  if (now.is !== 'another') {
    const said = answer === undefined ? 'did not answer' : `answered ${answer.said}`;
    const later = `, ${formatDuration(manager.settledWithinMs)} later. It may still act on it: see its log`;
    const hint = answer?.is === 'refused' && now.is === 'the-former' ? '' : later;
    const who = now.is === 'unclear' ? now.why : `${former.name} still leads`;
    const why = `Patroni ${said}, and ${who}${hint}`;
    throw now.is === 'unclear' ? new UnclearLeader(why) : refusal(why);
  }
  const { leader } = now;
  prove({ what: 'leader', source: to.agent, value: leader, threshold: to.name });
  run.commit();
  const node = run.plan.nodes.find(({ name }) => name === leader);
  if (node === undefined) throw refusal(`${leader} leads, which is no node of the plan`);
  run.found.to = leader;
  if (leader !== to.name) {
    run.missing.push(`let ${to.name} lead: Patroni chose ${leader}`);
    // What was weighed is the loss of the other.
    delete run.found.loss;
  }
  return node;
}

interface Settled {
  answer?: ManagerAnswer;
  now: WhoLeads;
}

/** Whatever is first: another one leads, the manager refuses and the former still leads, or its time is over. */
async function untilSettled<Spec>(
  run: DatabaseRun<Spec>,
  wanted: WantedLeader,
  isAsked: boolean,
): Promise<Settled> {
  const { former, manager } = wanted;
  let answer: ManagerAnswer | undefined;
  const watching = new CancellationScope();
  const led = watching.run(async (): Promise<WhoLeads | undefined> => {
    const awaited = { than: former.name, withinMs: manager.settledWithinMs, everyMs };
    const leader = await awaitAnotherLeader(run, awaited);
    return leader === undefined ? undefined : { is: 'another', leader };
  });
  // It answers once it is done: what it has done is seen before.
  const refused = async (): Promise<WhoLeads> => {
    answer = await ask(run, wanted);
    const now = answer.is === 'refused' ? await seeWhoLeads(run, former) : undefined;
    // An agent that died after it had asked asks again, and is refused amid what it has begun itself.
    if (now === undefined || now.is === 'unclear') return new Promise<never>(() => undefined);
    return now;
  };
  try {
    const now = await Promise.race(isAsked ? [led] : [led, refused()]);
    return { now: now ?? (await seeWhoLeads(run, former)), ...(answer && { answer }) };
  } finally {
    watching.cancel();
    led.catch(() => undefined);
  }
}

async function ask<Spec>(
  run: DatabaseRun<Spec>,
  { former, isLed, to, isForced }: WantedLeader,
): Promise<ManagerAnswer> {
  const led = isForced ? { former: former.name } : { from: former.name };
  const wanted = { ...(isLed && led), to: to.name };
  let failure: string | undefined;
  // The leader acts at once on what it is asked itself. One that has not leads no more: twice is once.
  for (const by of isForced ? [to] : [former, to]) {
    try {
      const answer = await run.manager(by).requestLeader(wanted);
      // Nobody knows what the first one has begun: a refusal of the second does not say.
      return failure !== undefined && answer.is === 'refused'
        ? { ...answer, is: 'unknown' }
        : answer;
    } catch (error) {
      if (isCancellation(error)) throw error;
      failure = rootCause(error) ?? String(error);
    }
  }
  return { is: 'unknown', said: failure ?? '' };
}

/** To undo it would lead clients to a member that may be about to stop. */
function leaveAsItIs<Spec>(run: DatabaseRun<Spec>): void {
  const left = run.undo.list().map(({ name }) => name);
  if (left.length > 0) run.note(`not done, as nobody can say who leads: ${left.join('; ')}`);
  run.commit();
}
