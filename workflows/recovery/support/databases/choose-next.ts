import { sleep } from '@temporalio/workflow';
import {
  chooseCandidate,
  type Choice,
} from '../../../../src/policies/recovery/databases/choose-candidate.ts';
import type { SeenNode } from '../../../../src/policies/recovery/databases/seen-node.ts';
import { undecidedNodes } from '../../../../src/policies/recovery/databases/undecided-nodes.ts';
import type { FailoverSpec, SeenPrimary } from '../../../../src/specs/recovery/failover.ts';
import type { DatabaseRun } from './database-run.ts';
import { askNodes, examineNodes, refusal } from './examine-nodes.ts';

export type Chosen = Extract<Choice, { ok: true }>;

export interface WantedStandby {
  to?: string;
  /** Who is the primary, where a person has said it. */
  from?: string;
  seen?: SeenPrimary;
}

/** Which standby would be promoted. Fails with every reason where none can be. */
export function requireCandidate(
  seen: readonly SeenNode[],
  primary: SeenNode,
  { to, from, seen: before }: WantedStandby,
): Chosen {
  const { facts } = primary;
  const synchronousStandbys = facts?.synchronousStandbys ?? before?.synchronousStandbys;
  // That of a server which ended right after its promotion is still the former one in its control file.
  const known = [facts?.timeline, before?.timeline].filter((each) => each !== undefined);
  const choice = chooseCandidate(seen, primary, {
    ...(to !== undefined && { to }),
    ...(known.length > 0 && { timeline: Math.max(...known) }),
    ...(synchronousStandbys !== undefined && { synchronousStandbys }),
    isUnattended: before !== undefined && from === undefined,
  });
  if (choice.ok) return choice;
  throw refusal(`no standby can be promoted: ${choice.reasons.join('; ')}`);
}

/** Chooses among the standbys as they are once nothing more can arrive from the primary. */
export async function chooseNext(
  run: DatabaseRun<FailoverSpec>,
  primary: SeenNode,
  spec: FailoverSpec,
): Promise<Chosen> {
  const standbys = run.plan.nodes.filter(({ name }) => name !== primary.node.name);
  const seen = await examineNodes(run, standbys, { name: 'compare the standbys' });
  return awaitCandidate(run, [primary, ...seen], { primary, wanted: spec });
}

/** An agent that is being started again answers a moment later, and a standby may read the rest of the log from an archive. */
const decidedWithinMs = 30_000;
const betweenMs = 1_000;

/** As `requireCandidate`; where none can be promoted, those of whom another look may say something else are asked again. */
export async function awaitCandidate<Spec>(
  run: DatabaseRun<Spec>,
  seen: readonly SeenNode[],
  { primary, wanted }: { primary: SeenNode; wanted: WantedStandby },
): Promise<Chosen> {
  const untilMs = Date.now() + decidedWithinMs;
  for (let known = [...seen]; ;) {
    try {
      return requireCandidate(known, primary, wanted);
    } catch (error) {
      const undecided = undecidedNodes(known, primary, wanted.seen?.timeline);
      if (undecided.length === 0 || Date.now() >= untilMs) throw error;
      const names = undecided.map(({ name }) => name).join(' and ');
      run.status.now = `wait until ${names} can be promoted`;
      run.refresh();
      await sleep(betweenMs);
      const again = await askNodes(run, undecided);
      known = known.map((each) => again.find(({ node }) => node === each.node) ?? each);
    }
  }
}
