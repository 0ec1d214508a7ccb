import type { Component } from '../../contracts/backups/source.ts';

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

/** A component with a second repository, and both of them. */
export interface ReplicationPart extends Part {
  to: string;
}

export function replicationParts(
  {
    components,
    replicateTo,
  }: { components: readonly Component[]; replicateTo: Readonly<Record<string, string>> },
  only: string | undefined,
): ReplicationPart[] {
  return selectParts(components, only === undefined ? {} : { component: only }).flatMap((part) => {
    const to = replicateTo[part.component.name];
    const [first] = part.component.repositories;
    if (to === undefined || first === undefined) return [];
    return [{ component: part.component, repositories: [first, to], to }];
  });
}
