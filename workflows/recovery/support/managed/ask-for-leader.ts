import {
  CancellationScope,
  CancelledFailure,
  isCancellation,
  rootCause,
  sleep,
} from '@temporalio/workflow';
import type {
  ManagerAnswer,
  ManagerFacts,
} from '../../../../src/contracts/recovery/database-manager.ts';
import { agreeOnManager } from '../../../../src/policies/recovery/databases/managed/seen-manager.ts';
import type { DatabaseNode } from '../../../../src/specs/recovery/database-node.ts';
import { formatDuration } from '../../../../src/specs/kernel/duration.ts';
import { takeStep } from '../../../kernel/steps.ts';
import type { DatabaseRun } from '../database-run.ts';
import { refusal } from '../examine-nodes.ts';
import { askManagers } from './examine-manager.ts';

export interface WantedLeader {
  /** Who leads now; absent: nobody does. */
  from?: DatabaseNode;
  /** Also where limits of the manager are against it. */
  isForced: boolean;
  to: DatabaseNode;
  manager: Pick<ManagerFacts, 'settledWithinMs'>;
}

const everyMs = 200;

/**
 * The commit point: asks the manager, and waits for what its members show, whatever it answers. Returns
 * who leads. Throws where nothing has come of it once it must have.
 */
export async function askForLeader<Spec>(
  run: DatabaseRun<Spec>,
  wanted: WantedLeader,
): Promise<DatabaseNode> {
  if (CancellationScope.current().consideredCancelled || run.interruption !== undefined) {
    throw new CancelledFailure('asked to stop before the manager was asked');
  }
  const { from, to, manager } = wanted;
  return CancellationScope.nonCancellable(() =>
    takeStep(run, `ask the manager to let ${to.name} lead`, async ({ prove }) => {
      run.enterPhase('completing', `Asking the manager to let ${to.name} lead`);
      const { answer, leader } = await untilSettled(run, wanted);
      const source = (from ?? to).agent;
      prove({
        what: 'answered',
        source,
        value: answer?.said ?? 'nothing yet',
        threshold: 'no proof',
      });
      if (leader === undefined) {
        const who = from === undefined ? 'nobody leads' : `${from.name} still leads`;
        const said = answer === undefined ? 'did not answer' : `answered ${answer.said}`;
        const hint =
          answer?.is === 'refused'
            ? ''
            : `, ${formatDuration(manager.settledWithinMs)} later. It may still act on it: see its log`;
        throw refusal(`Patroni ${said}, and ${who}${hint}`);
      }
      prove({ what: 'leader', source: to.agent, value: leader, threshold: to.name });
      run.commit();
      const node = run.plan.nodes.find(({ name }) => name === leader);
      if (node === undefined) throw refusal(`${leader} leads, which is no node of the plan`);
      run.found.to = leader;
      if (leader !== to.name) run.missing.push(`let ${to.name} lead: Patroni chose ${leader}`);
      return node;
    }),
  );
}

interface Settled {
  answer?: ManagerAnswer;
  /** Another one than before. */
  leader: string | undefined;
}

/** Whatever is first: another one leads, the manager refuses, or its time is over. */
async function untilSettled<Spec>(
  run: DatabaseRun<Spec>,
  { from, to, isForced, manager }: WantedLeader,
): Promise<Settled> {
  let answer: ManagerAnswer | undefined;
  const watching = new CancellationScope();
  const led = watching.run(() => untilLed(run, to, from?.name));
  // It answers once it is done: what it has done is seen before.
  const refused = ask(run, { from, to, isForced }).then(async (given) => {
    answer = given;
    if (given.is !== 'refused') await new Promise<never>(() => undefined);
    return undefined;
  });
  const isOver = watching.run(() => sleep(manager.settledWithinMs).then(() => undefined));
  try {
    const leader = await Promise.race([led, refused, isOver]);
    // An agent that died after it had asked asks again, and is refused for what it has done itself.
    return { leader: leader ?? (await leaderNow(run, from?.name)), ...(answer && { answer }) };
  } finally {
    watching.cancel();
    for (const rest of [led, isOver]) rest.catch(() => undefined);
  }
}

async function ask<Spec>(
  run: DatabaseRun<Spec>,
  {
    from,
    to,
    isForced,
  }: Pick<WantedLeader, 'to' | 'isForced'> & { from: DatabaseNode | undefined },
): Promise<ManagerAnswer> {
  const wanted = { ...(from && !isForced && { from: from.name }), to: to.name };
  let said = '';
  // The leader acts at once on what it is asked itself. One that has not leads no more: twice is once.
  for (const by of from === undefined || isForced ? [to] : [from, to]) {
    try {
      return await run.manager(by).requestLeader(wanted);
    } catch (error) {
      if (isCancellation(error)) throw error;
      said = rootCause(error) ?? String(error);
    }
  }
  return { is: 'unknown', said };
}

/** Never where nobody is seen to lead: the time of the manager ends it. */
async function untilLed<Spec>(
  run: DatabaseRun<Spec>,
  by: DatabaseNode,
  from: string | undefined,
): Promise<string> {
  for (;;) {
    const watching = {
      everyMs,
      reportAfterMs: 60_000,
      ...(from !== undefined && { leader: from }),
    };
    try {
      const { leader } = await run.manager(by).watch(watching);
      if (leader !== undefined && leader !== from) return leader;
    } catch (error) {
      if (isCancellation(error)) throw error;
    }
    await sleep(1_000);
  }
}

async function leaderNow<Spec>(
  run: DatabaseRun<Spec>,
  from: string | undefined,
): Promise<string | undefined> {
  const agreed = agreeOnManager(await askManagers(run));
  if (!agreed.ok || agreed.facts.leader === from) return undefined;
  return agreed.facts.leader;
}
