import { isCancellation } from '@temporalio/workflow';
import type { RouteFacts } from '../../../../src/contracts/recovery/routes.ts';
import { regionKinds } from '../../../../src/kinds/regions.ts';
import { nameOfRoute } from '../../../../src/policies/recovery/databases/name-of-route.ts';
import { describeNode } from '../../../../src/policies/recovery/databases/seen-node.ts';
import { describeRoute } from '../../../../src/policies/recovery/databases/seen-route.ts';
import type { SeenDatabase } from '../../../../src/policies/recovery/regions/place-database.ts';
import type { SeenService } from '../../../../src/policies/recovery/regions/refuse-move.ts';
import type { DatabaseNode } from '../../../../src/specs/recovery/database-node.ts';
import type { RegionDatabase, RegionName } from '../../../../src/specs/recovery/region-plan.ts';
import { reasonOf } from '../../../kernel/reason-of.ts';
import { takeStep } from '../../../kernel/steps.ts';
import { askNodes } from '../databases/examine-nodes.ts';
import { createNodeActs } from '../databases/node-acts.ts';
import { examineServices } from './examine-services.ts';
import type { RegionRun } from './region-run.ts';
import { createRouterActs } from '../databases/router-acts.ts';

export interface SeenName {
  name: RegionName;
  facts?: RouteFacts;
  why?: string;
}

/** What is there to take over, and what else takes writes. What does not answer is part of the answer. */
export async function examineGroup<Spec>(
  run: RegionRun<Spec>,
  { again = false }: { again?: boolean } = {},
): Promise<{ databases: SeenDatabase[]; names: SeenName[]; services: SeenService[] }> {
  const { plan } = run.move;
  const name = again ? `examine ${plan.group} again` : `examine ${plan.group}`;
  return takeStep(run, name, async ({ prove }) => {
    const [databases, names, services] = await Promise.all([
      Promise.all(plan.databases.map((database) => examineDatabase(run, database))),
      Promise.all(plan.names.map((name) => examineName(run, name))),
      examineServices(run),
    ]);
    for (const { name, nodes } of databases) {
      for (const seen of nodes) {
        const { node } = seen;
        prove({ what: `${name} at ${node.name}`, source: node.agent, value: describeNode(seen) });
      }
    }
    for (const { name, ...seen } of names) {
      const route = { kind: 'dns' as const, ...name };
      prove({
        what: nameOfRoute(name),
        source: name.agent,
        value: describeRoute({ route, ...seen }),
      });
    }
    for (const { service, region, problems, replicas } of services) {
      const value = problems.length > 0 ? problems.join('; ') : String(replicas);
      prove({ what: `replicas of ${service} in ${region}`, source: 'Kubernetes', value });
    }
    return { databases, names, services };
  });
}

/** All of its nodes: the one in the region that takes over does not know of another primary. */
export async function examineDatabase<Spec>(
  run: RegionRun<Spec>,
  database: RegionDatabase,
): Promise<SeenDatabase> {
  const { from, to } = run.move;
  const { plan } = database;
  // Of a region that is lost, nobody is waited for.
  const isLost = run.kind.kind === regionKinds.regionFailover.kind;
  const silent = isLost ? nodeIn(database, from).name : undefined;
  const node = (each: DatabaseNode) => createNodeActs(each, run.fencing);
  return {
    name: plan.database,
    nodes: await askNodes({ plan, node }, plan.nodes, { silent }),
    from: nodeIn(database, from).name,
    to: nodeIn(database, to).name,
  };
}

async function examineName<Spec>(run: RegionRun<Spec>, name: RegionName): Promise<SeenName> {
  const acts = createRouterActs({ kind: 'dns', ...name }, run.fencing);
  try {
    return { name, facts: await acts.examine(Object.values(name.servers), 'service') };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { name, why: reasonOf(error) };
  }
}

/** The plan was judged: it has that node. */
export function nodeIn({ plan, nodes }: RegionDatabase, region: string): DatabaseNode {
  const found = plan.nodes.find(({ name }) => name === nodes[region]);
  if (found === undefined) throw new Error(`${plan.database} has no node in ${region}`);
  return found;
}
