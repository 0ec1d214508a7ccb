import type { Component } from '../../contracts/backups/source.ts';
import type { RetentionSpec } from '../../specs/backups/retention.ts';

/** A component, and those of its repositories that a run is about. */
export interface Part {
  component: Component;
  repositories: readonly string[];
}

export interface PartSelection {
  component?: string;
  repository?: string;
}

export function selectParts(
  components: readonly Component[],
  { component: only, repository }: PartSelection,
): Part[] {
  return components
    .filter(({ name }) => only === undefined || name === only)
    .map((component) => ({
      component,
      repositories: component.repositories.filter(
        (name) => repository === undefined || name === repository,
      ),
    }))
    .filter(({ repositories }) => repositories.length > 0);
}

/** Also the repositories that sets are replicated to: copies have a retention of their own. */
export function retentionParts(
  { components, replicateTo }: ReplicatedPlan,
  selection: PartSelection,
): Part[] {
  const all = components.map((component): Component => {
    const to = replicateTo[component.name];
    const { repositories } = component;
    return to === undefined ? component : { ...component, repositories: [...repositories, to] };
  });
  return selectParts(all, selection).flatMap(({ component: { name }, repositories }) => {
    const component = components.find((one) => one.name === name);
    return component === undefined ? [] : [{ component, repositories }];
  });
}

/** Also the repository that its sets are copied to before they expire. */
export function withColdStorage(
  part: Part,
  { coldStorage }: Pick<RetentionSpec, 'coldStorage'>,
): Part {
  const { component, repositories } = part;
  if (coldStorage === undefined || ['postgres', 'volumes'].includes(component.source.kind))
    return part;
  const { from = component.repositories[0], repository } = coldStorage;
  const isCopied = from !== undefined && repositories.includes(from);
  if (!isCopied || repositories.includes(repository)) return part;
  return { ...part, repositories: [...repositories, repository] };
}

interface ReplicatedPlan {
  components: readonly Component[];
  /** By component: another repository of the same agent. */
  replicateTo: Readonly<Record<string, string>>;
}

/** A component with a second repository, and both of them. */
export interface ReplicationPart extends Part {
  from: string;
  to: string;
}

export function replicationParts(
  { components, replicateTo }: ReplicatedPlan,
  only: string | undefined,
): ReplicationPart[] {
  return selectParts(components, only === undefined ? {} : { component: only }).flatMap((part) => {
    const to = replicateTo[part.component.name];
    const [first] = part.component.repositories;
    if (to === undefined || first === undefined) return [];
    return [{ component: part.component, repositories: [first, to], from: first, to }];
  });
}
