import { noDatabase } from '../../../../src/contracts/recovery/routes.ts';
import { nameOfRoute } from '../../../../src/policies/recovery/databases/name-of-route.ts';
import type { Address, RegionName } from '../../../../src/specs/recovery/region-plan.ts';
import type { OpenStep } from '../../../kernel/steps.ts';
import { carryOnAll } from './carry-on-all.ts';
import type { RegionRun } from './region-run.ts';
import { createRouterActs } from '../databases/router-acts.ts';

/** Leads the names of services to the other region, all at once, each only from where it is known to lead. */
export async function leadNames<Spec>(run: RegionRun<Spec>): Promise<void> {
  const { names } = run.move.plan;
  const items = names.map((name) => ({
    name: `lead name ${nameOfRoute(name)}`,
    act: (step: OpenStep) => leadName(run, name, step),
  }));
  await carryOnAll(run, items);
  if (isMoved(run)) run.stamp('namesAtMs', Math.max(Date.now(), run.namesKeptUntilMs));
}

/** A name that leads to a database that did not move serves nobody. */
export function isMoved<Spec>({ found, move }: RegionRun<Spec>): boolean {
  const { names, databases } = move.plan;
  return found.names.length === names.length && found.databases.length === databases.length;
}

async function leadName<Spec>(
  run: RegionRun<Spec>,
  name: RegionName,
  { prove }: OpenStep,
): Promise<void> {
  const { from, to } = run.move;
  const address = addressIn(name, to);
  // A run that is older than the last one that has led it is refused.
  const timeline = Math.floor(run.status.startedAtMs / 1_000);
  const target = { address, systemIdentifier: noDatabase, timeline };
  const acts = createRouterActs({ kind: 'dns', ...name }, run.fencing);
  const { detail, keptForMs = 0 } = await acts.switch(addressIn(name, from), target, 'keep');
  run.namesKeptUntilMs = Math.max(run.namesKeptUntilMs, Date.now() + keptForMs);
  run.found.names.push({ name: nameOfRoute(name), to: address.host });
  prove({ what: 'leads to', source: name.agent, value: detail });
}

/** The plan was judged: it has that address. */
function addressIn({ servers }: RegionName, region: string): Address {
  const found = servers[region];
  if (found === undefined) throw new Error(`A name has no address in ${region}`);
  return found;
}
