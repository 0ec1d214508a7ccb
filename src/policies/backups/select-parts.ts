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
