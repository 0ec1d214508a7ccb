import type { MeshObject } from '../../../contracts/chaos/mesh-faults.ts';

/** What is done once, and cannot be undone. */
const oneShots: readonly unknown[] = ['pod-kill', 'container-kill'];

/**
 * Faults of Chaos Mesh that may be in a namespace, or come there, whoever made them, each with why. What it says of them
 * is believed only where it says that they are over: an object that it could never apply may still take effect.
 */
export function listOpenFaults(namespace: string, objects: readonly MeshObject[]): string[] {
  return objects
    .filter(({ namespaces }) => namespaces.includes(namespace))
    .flatMap((object) => {
      const why = whyOpen(object);
      const { kind, namespace: within, name } = object;
      return why === undefined ? [] : [`${kind} ${within}/${name} of Chaos Mesh ${why}`];
    });
}

function whyOpen(object: MeshObject): string | undefined {
  const { kind, action, isDeleting, isPaused, desired, phases, hasOrders } = object;
  const { runRef, isFinished } = object;
  if (hasOrders !== undefined) {
    return hasOrders ? 'still has orders for that pod; empty its spec' : undefined;
  }
  if (isFinished === true) return undefined;
  if (isDeleting) return 'was deleted, and is still there: its fault was not taken back';
  if (kind === 'Schedule') {
    return isPaused ? undefined : 'may begin a fault there at any time; pause it';
  }
  if (isFinished === false) return 'may begin a fault there at any time; abort the Workflow';
  if (isPaused && runRef !== undefined) {
    return `is about to be let go by run ${runRef}; delete it where that has ended`;
  }
  if (phases === undefined) return 'has chosen nothing yet, and may hit pods there; delete it';
  if (oneShots.includes(action) && phases.every((phase) => phase === 'Injected')) return undefined;
  if (desired === 'Stop' && phases.every((phase) => phase === 'Not Injected')) return undefined;
  return `is not over (${[...new Set(phases)].join(', ')}); delete it`;
}
