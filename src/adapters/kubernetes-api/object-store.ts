import type { V1ObjectMeta } from '@kubernetes/client-node';
import { createObjectIndex, type ObjectIndex } from './object-index.ts';
import { isNewer } from './resource-version.ts';

interface Named {
  metadata?: V1ObjectMeta;
}

/**
 * The objects of one list and watch, at the newest state that this process has received: from a
 * list, a watch event, or the response to one of its own writes, in any order.
 */
export interface ObjectStore<T extends Named> extends Pick<
  ObjectIndex<T>,
  'withLabels' | 'controlledBy'
> {
  get(namespace: string, name: string): T | undefined;
  list(): T[];
  /** The newest resourceVersion of a list or a watch event. */
  version(): string | undefined;
  /** The complete list at this version. */
  replaceAll(items: readonly T[], version: string): void;
  /** The watch has reached this version. */
  advance(version: string | undefined): void;
  /** The object at its resourceVersion. */
  put(object: T): void;
  /** At its resourceVersion the object was deleted, or left the selection. */
  drop(object: T): void;
  /** The object with this uid was deleted, at an unknown version. */
  deleted(uid: string): void;
}

interface Departure {
  /** Absent: it cannot come back at any version. */
  version?: string | undefined;
  atMs: number;
}

/** Longer than any message about a deleted object may be delayed. */
const departuresKeptMs = 5 * 60_000;

export function createObjectStore<T extends Named>(
  now: () => number,
  changed: () => void,
): ObjectStore<T> {
  const objects = new Map<string, T>();
  const index = createObjectIndex<T>();
  const departures = new Map<string, Departure>();
  let newest: string | undefined;

  const take = (object: T) => {
    const known = objects.get(keyOf(object));
    if (known !== undefined) index.remove(known);
    objects.delete(keyOf(object));
  };
  const leave = (object: T, version: string | undefined) => {
    take(object);
    const uid = object.metadata?.uid;
    if (uid !== undefined) depart(uid, { version, atMs: now() });
  };
  const depart = (uid: string, departure: Departure) => {
    for (const [old, { atMs }] of departures) {
      if (departure.atMs - atMs < departuresKeptMs) break;
      departures.delete(old);
    }
    departures.delete(uid);
    departures.set(uid, departure);
  };
  const hasLeft = ({ metadata }: T) => {
    const departure = departures.get(metadata?.uid ?? '');
    if (departure === undefined) return false;
    return (
      departure.version === undefined || !isNewer(metadata?.resourceVersion, departure.version)
    );
  };
  const store = (object: T): boolean => {
    const known = objects.get(keyOf(object));
    if (hasLeft(object) || !isNewer(versionOf(object), known && versionOf(known))) return false;
    if (known !== undefined) index.remove(known);
    index.add(object);
    objects.set(keyOf(object), object);
    return true;
  };
  const advance = (version: string | undefined) => {
    if (isNewer(version, newest)) newest = version;
  };

  return {
    get: (namespace, name) => objects.get(`${namespace}/${name}`),
    list: () => [...objects.values()],
    withLabels: index.withLabels,
    controlledBy: index.controlledBy,
    version: () => newest,
    advance,
    replaceAll: (items, version) => {
      // A version lower than a previous one: the cluster was restored from a backup.
      if (isNewer(newest, version)) {
        objects.clear();
        index.clear();
        departures.clear();
        newest = undefined;
      }
      const listed = new Set(items.map(keyOf));
      for (const object of objects.values()) {
        if (!listed.has(keyOf(object)) && !isNewer(versionOf(object), version)) {
          leave(object, version);
        }
      }
      items.forEach(store);
      advance(version);
      changed();
    },
    put: (object) => {
      if (store(object)) changed();
    },
    drop: (object) => {
      const known = objects.get(keyOf(object));
      const version = versionOf(object);
      if (known !== undefined && isNewer(versionOf(known), version)) return;
      leave(object, version);
      if (known !== undefined) changed();
    },
    deleted: (uid) => {
      depart(uid, { atMs: now() });
      const known = [...objects.values()].find(({ metadata }) => metadata?.uid === uid);
      if (known === undefined) return;
      take(known);
      changed();
    },
  };
}

function keyOf({ metadata }: Named): string {
  return `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`;
}

function versionOf({ metadata }: Named): string | undefined {
  return metadata?.resourceVersion;
}
