import type { ManagerFacts } from '../../../../contracts/recovery/database-manager.ts';
import type { DatabaseNode } from '../../../../specs/recovery/database-node.ts';

/** What the manager says to the host of one node; without facts it does not answer there. */
export interface SeenManager {
  node: DatabaseNode;
  facts?: ManagerFacts;
  /** Why there are no facts. */
  why?: string;
}

/** In one line, as evidence shows it. */
export function describeManager({ facts, why = 'it does not answer' }: SeenManager): string {
  if (facts === undefined) return why;
  const { leader, isPaused, members } = facts;
  const leads = leader === undefined ? 'nobody leads' : `${leader} leads`;
  const states = members.map(({ name, state, lagBytes, noFailover }) => {
    const lag = lagBytes === undefined || lagBytes === 0 ? '' : `, ${lagBytes} bytes behind`;
    return `${name} ${state}${lag}${noFailover ? ', nofailover' : ''}`;
  });
  return [leads, ...(isPaused ? ['paused'] : []), ...states].join('; ');
}

/** What all that answer agree on, or why nothing can be asked of the manager. */
export type AgreedManager = { ok: true; facts: ManagerFacts } | { ok: false; why: string };

/** A member that is cut off from the others must not be believed alone. */
export function agreeOnManager(seen: readonly SeenManager[]): AgreedManager {
  const answers = seen.flatMap(({ node, facts }) => (facts ? [{ name: node.name, facts }] : []));
  const [first] = answers;
  if (first === undefined) {
    const whys = seen.map((each) => `${each.node.name}: ${describeManager(each)}`);
    return { ok: false, why: `the manager does not answer on any host (${whys.join('; ')})` };
  }
  const other = answers.find(({ facts }) => facts.leader !== first.facts.leader);
  if (other !== undefined) {
    const said = [first, other].map(({ name, facts }) => {
      return facts.leader === undefined
        ? `nobody by that of ${name}`
        : `${facts.leader} by that of ${name}`;
    });
    return { ok: false, why: `the hosts disagree on who leads: ${said.join(', ')}` };
  }
  const otherCluster = answers.find(({ facts }) => facts.cluster !== first.facts.cluster);
  if (otherCluster !== undefined) {
    const { name, facts } = otherCluster;
    const why = `${first.name} is of the cluster ${first.facts.cluster}, and ${name} of ${facts.cluster}`;
    return { ok: false, why };
  }
  return {
    ok: true,
    facts: withEvery(
      answers.map(({ facts }) => facts),
      first.facts,
    ),
  };
}

/** Of what a host may not know yet: whoever says more, or is slower, counts. */
function withEvery(answers: readonly ManagerFacts[], first: ManagerFacts): ManagerFacts {
  const systemIdentifier = answers.find((facts) => facts.systemIdentifier !== undefined);
  return {
    ...first,
    isPaused: answers.some(({ isPaused }) => isPaused),
    settledWithinMs: Math.max(...answers.map(({ settledWithinMs }) => settledWithinMs)),
    ...(systemIdentifier?.systemIdentifier !== undefined && {
      systemIdentifier: systemIdentifier.systemIdentifier,
    }),
  };
}
