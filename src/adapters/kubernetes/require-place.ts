import { PlatformError } from '../../contracts/rollouts/platform.ts';
import type { Clusters } from '../kubernetes-api/clusters.ts';

/** The places that specs may name; the janitor would not find others. */
export interface Places {
  /** Contexts that a spec may name, in addition to the current one. */
  contexts: readonly string[];
  /** Absent: every namespace. */
  namespaces?: readonly string[];
}

/** Throws a PlatformError `invalid` with everything in the target that is not configured. */
export async function requirePlace(
  { context, namespace }: { context?: string; namespace: string },
  { contexts, namespaces }: Places,
  clusters: Pick<Clusters, 'of'>,
): Promise<void> {
  const problems: string[] = [];
  if (context !== undefined && !contexts.includes(context)) {
    const [named, current] = await Promise.all(
      [context, undefined].map((name) => clusters.of(name).catch(() => undefined)),
    );
    if (named === undefined || named !== current) {
      problems.push(
        `target.context: "${context}" is not a context that these workers accept; ` +
          `BELAY_KUBERNETES_CONTEXTS ${listed(contexts)}, and the current context needs no name`,
      );
    }
  }
  if (namespaces !== undefined && !namespaces.includes(namespace)) {
    problems.push(
      `target.namespace: "${namespace}" is not a namespace that these workers watch; ` +
        `BELAY_KUBERNETES_NAMESPACES ${listed(namespaces)}`,
    );
  }
  if (problems.length > 0) throw new PlatformError('invalid', problems.join('; '));
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'is not set' : `has ${names.join(', ')}`;
}
