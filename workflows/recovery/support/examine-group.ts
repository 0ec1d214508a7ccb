import { isCancellation, rootCause } from '@temporalio/workflow';
import type { NodeFacts } from '../../../src/contracts/recovery/database-node.ts';
import type { RouteFacts } from '../../../src/contracts/recovery/routes.ts';
import { nameOfRoute } from '../../../src/policies/recovery/databases/name-of-route.ts';
import { describeRoute } from '../../../src/policies/recovery/databases/seen-route.ts';
import type { DatabaseNode } from '../../../src/specs/recovery/database-node.ts';
import type { RegionDatabase, RegionName } from '../../../src/specs/recovery/region-plan.ts';
import { takeStep } from '../../kernel/steps.ts';
import { createNodeActs } from './node-acts.ts';
import type { RegionRun } from './region-run.ts';
import { createRouteActs } from './route-acts.ts';

/** A database as it is in the region that is to take over. */
export interface SeenDatabase {
  database: RegionDatabase;
  node: DatabaseNode;
  facts?: NodeFacts;
  why?: string;
}

export interface SeenName {
  name: RegionName;
  facts?: RouteFacts;
  why?: string;
}

/** What is there to take over. What does not answer is part of the answer. */
export async function examineGroup<Spec>(
  run: RegionRun<Spec>,
): Promise<{ databases: SeenDatabase[]; names: SeenName[] }> {
  const { plan, to } = run.move;
  return takeStep(run, `examine ${to}`, async ({ prove }) => {
    const [databases, names] = await Promise.all([
      Promise.all(plan.databases.map((database) => examineDatabase(run, database))),
      Promise.all(plan.names.map((name) => examineName(run, name))),
    ]);
    for (const { database, node, facts, why = '' } of databases) {
      const value = facts === undefined ? why : `${facts.state}: ${facts.detail}`;
      prove({ what: `${database.plan.database} at ${node.name}`, source: node.agent, value });
    }
    for (const { name, ...seen } of names) {
      const route = { kind: 'dns' as const, ...name };
      prove({
        what: nameOfRoute(name),
        source: name.agent,
        value: describeRoute({ route, ...seen }),
      });
    }
    return { databases, names };
  });
}

export async function examineDatabase<Spec>(
  run: RegionRun<Spec>,
  database: RegionDatabase,
): Promise<SeenDatabase> {
  const { to } = run.move;
  const node = nodeIn(database, to);
  try {
    return { database, node, facts: await createNodeActs(node, run.fencing).examine() };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { database, node, why: rootCause(error) ?? String(error) };
  }
}

async function examineName<Spec>(run: RegionRun<Spec>, name: RegionName): Promise<SeenName> {
  const acts = createRouteActs({ kind: 'dns', ...name }, run.fencing);
  try {
    return { name, facts: await acts.examine(Object.values(name.servers), 'service') };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { name, why: rootCause(error) ?? String(error) };
  }
}

/** The plan was judged: it has that node. */
export function nodeIn({ plan, nodes }: RegionDatabase, region: string): DatabaseNode {
  const found = plan.nodes.find(({ name }) => name === nodes[region]);
  if (found === undefined) throw new Error(`${plan.database} has no node in ${region}`);
  return found;
}
