import type { LedBy } from '../../../../../src/policies/recovery/databases/managed/describe-change.ts';
import { agreeOnManager } from '../../../../../src/policies/recovery/databases/managed/seen-manager.ts';
import { findPrimary } from '../../../../../src/policies/recovery/databases/find-primary.ts';
import { describeNode } from '../../../../../src/policies/recovery/databases/seen-node.ts';
import type { DatabaseNode } from '../../../../../src/specs/recovery/database-node.ts';
import { askNodes } from '../examine-nodes.ts';
import type { WatchRun } from '../watch-run.ts';
import { askManagers } from './examine-manager.ts';

type SeenLeader =
  | { is: 'led'; node: DatabaseNode; led: LedBy }
  /** `isAlarming`: it does not pass by itself. */
  | { is: 'unled'; why: string; isAlarming: boolean };

/** Who leads by the manager, and takes writes by what its own server says. */
export async function seeLeader(run: WatchRun): Promise<SeenLeader> {
  const [managers, nodes] = await Promise.all([askManagers(run), askNodes(run, run.plan.nodes)]);
  const found = findPrimary(nodes);
  if (found.kind === 'several') return { is: 'unled', why: found.why, isAlarming: true };
  const agreed = agreeOnManager(managers);
  if (!agreed.ok) return { is: 'unled', why: agreed.why, isAlarming: false };
  const { leader, isPaused } = agreed.facts;
  const paused = isPaused ? ', and Patroni is paused: it does not fail over' : '';
  if (leader === undefined) {
    return { is: 'unled', why: `Nobody leads${paused}`, isAlarming: false };
  }
  const seen = nodes.find(({ node }) => node.name === leader);
  if (seen === undefined) {
    const why = `${leader} leads, which is no node of the plan: add it to nodes`;
    return { is: 'unled', why, isAlarming: true };
  }
  if (seen.facts?.state !== 'primary') {
    const why = `${leader} leads by Patroni, and its host says: ${describeNode(seen)}${paused}`;
    return { is: 'unled', why, isAlarming: false };
  }
  const { timeline, systemIdentifier } = seen.facts;
  const led = {
    leader,
    ...(timeline !== undefined && { timeline }),
    ...(systemIdentifier !== undefined && { systemIdentifier }),
  };
  return { is: 'led', node: seen.node, led };
}
