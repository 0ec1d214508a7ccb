import type { Component, PlanName } from '../../../contracts/backups/source.ts';
import type { RunStep } from '../../../contracts/kernel/agent.ts';

/** Whose a snapshot is. */
export interface Owner {
  plan: PlanName;
  component: Pick<Component, 'name'>;
}

const prefixes = { plan: 'belay-plan=', component: 'belay-component=', run: 'belay-run=' };

/** Added to a set once its backup is known to have read everything: one without it never counts. */
export const wholeTag = 'belay-whole';

/** Why a set does not count; undefined where it does. */
export function faultOfTags(tags: readonly string[]): string | undefined {
  if (tags.includes(wholeTag)) return undefined;
  return `nothing says that it is whole (the tag ${wholeTag}): its backup could not read everything, or was interrupted`;
}

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
