import { text } from '../kernel/written.ts';
import { isMapping, type Finding, type Unfinished } from '../kernel/finding.ts';
import { offerKnown } from '../kernel/known-keys.ts';
import { judgeNamed, type BackupPlan } from './plan.ts';

/** Which part of a plan a run is about; absent: all of it. */
export interface Selection {
  component?: string;
  repository?: string;
}

export const selectionKeys = {
  component: text('write the name of a component')
    .exactOptional()
    .describe('Only this component. Default: all.'),
  repository: text('write the name of a repository')
    .exactOptional()
    .describe('Only this repository. Default: all.'),
};

/** Judges a run that carries its plan under `plan`. */
export function judgeSelection(given: Unfinished): Finding[] {
  const { plan, component, repository } = given;
  const components = isMapping(plan) ? plan['components'] : undefined;
  return judgeSelected({ component, repository }, components);
}

export function judgeSelected(
  { component, repository }: { component?: unknown; repository?: unknown },
  components: unknown,
): Finding[] {
  const findings = judgeNamed(component, components, ['component']);
  const chosen = typeof component === 'string' && findings.length === 0 ? component : undefined;
  const known = repositoriesOf(components, chosen);
  if (typeof repository !== 'string' || known.length === 0 || known.includes(repository)) {
    return findings;
  }
  const complaint =
    chosen === undefined
      ? `no component is stored in "${repository}"`
      : `${chosen} is not stored in "${repository}"`;
  const message = `${complaint}; ${offerKnown(repository, known)}`;
  return [...findings, { path: ['repository'], message }];
}

/** Of a resolved plan, or of one that is still as it was given. */
function repositoriesOf(components: unknown, chosen: string | undefined): string[] {
  const named: [string, unknown][] = Array.isArray(components)
    ? components.map((each: BackupPlan['components'][number]) => [each.name, each])
    : Object.entries(isMapping(components) ? components : {});
  const all = named
    .filter(([name]) => chosen === undefined || name === chosen)
    .flatMap(([, component]) => {
      const repositories = isMapping(component) ? component['repositories'] : undefined;
      return Array.isArray(repositories) ? (repositories as unknown[]) : [];
    });
  return [...new Set(all.filter((each): each is string => typeof each === 'string'))];
}
