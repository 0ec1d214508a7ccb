import type { V1ObjectMeta } from '@kubernetes/client-node';
import type { Labels } from './selection.ts';

interface Named {
  metadata?: V1ObjectMeta;
}

/** Finds objects by a label or by their controller without scanning all others. */
export interface ObjectIndex<T extends Named> {
  add(object: T): void;
  /** The same object that was added. */
  remove(object: T): void;
  clear(): void;
  /** Objects whose labels contain these; at least one label is needed. */
  withLabels(labels: Labels): T[];
  /** Objects that the one with this uid controls. */
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

/** No label name can start with this. */
function controllerTerm(uid: string): string {
  return `=${uid}`;
}
