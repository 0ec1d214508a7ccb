import type { V1ObjectMeta } from '@kubernetes/client-node';
import type { Labels } from './selection.ts';

interface Named {
  metadata?: V1ObjectMeta;
}

/** Finds objects by a label or by their controller, without a look at all the others. */
export interface ObjectIndex<T extends Named> {
  add(object: T): void;
  /** The very object that was added. */
  remove(object: T): void;
  clear(): void;
  /** Those whose labels contain these, of which there is at least one. */
  withLabels(labels: Labels): T[];
  /** Those that the object with this uid controls. */
  controlledBy(uid: string): T[];
}

export function createObjectIndex<T extends Named>(): ObjectIndex<T> {
  const byTerm = new Map<string, Set<T>>();
  const none: ReadonlySet<T> = new Set();
  const found = (term: string) => byTerm.get(term) ?? none;

  return {
    add: (object) => {
      for (const term of termsOf(object)) {
        const others = byTerm.get(term);
        if (others) others.add(object);
        else byTerm.set(term, new Set([object]));
      }
    },
    remove: (object) => {
      for (const term of termsOf(object)) {
        const all = byTerm.get(term);
        all?.delete(object);
        if (all?.size === 0) byTerm.delete(term);
      }
    },
    clear: () => byTerm.clear(),
    withLabels: (labels) => {
      const sets = Object.entries(labels).map(([name, value]) => found(labelTerm(name, value)));
      const [fewest = none, ...others] = sets.sort((one, other) => one.size - other.size);
      return [...fewest].filter((object) => others.every((set) => set.has(object)));
    },
    controlledBy: (uid) => [...found(controllerTerm(uid))],
  };
}

function termsOf({ metadata }: Named): string[] {
  const controller = metadata?.ownerReferences?.find((owner) => owner.controller);
  return [
    ...Object.entries(metadata?.labels ?? {}).map(([name, value]) => labelTerm(name, value)),
    ...(controller ? [controllerTerm(controller.uid)] : []),
  ];
}

function labelTerm(name: string, value: string): string {
  return `${name}=${value}`;
}

/** No label has a name that begins so. */
function controllerTerm(uid: string): string {
  return `=${uid}`;
}
