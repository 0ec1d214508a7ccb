import type { Component, PlanName } from '../../../contracts/backups/source.ts';
import type { RunStep } from '../../../contracts/kernel/agent.ts';

/** Whose a snapshot is. */
export interface Owner {
  plan: PlanName;
  component: Pick<Component, 'name'>;
}

const prefixes = { plan: 'belay-plan=', component: 'belay-component=', run: 'belay-run=' };

/** On a set of which nobody may say that it has everything. */
export const partialTag = 'belay-partial';

/** The host of every snapshot of a plan, so that it does not depend on where the agent runs. */
export function planHost({ environment, backup }: PlanName): string {
  return `${environment}/${backup}`;
}

export function ownerTags({ plan, component }: Owner): string[] {
  return [`${prefixes.plan}${planHost(plan)}`, `${prefixes.component}${component.name}`];
}

export function runTag({ runRef, step }: RunStep): string {
  return `${prefixes.run}${runRef}/${step}`;
}

export function isOf(tags: readonly string[], owner: Owner): boolean {
  return ownerTags(owner).every((tag) => tags.includes(tag));
}

/** The run and the step that made it. */
export function madeBy(tags: readonly string[]): string | undefined {
  return tags.find((tag) => tag.startsWith(prefixes.run))?.slice(prefixes.run.length);
}
