import { outsideAttempts } from '../attempts/current-attempt.ts';
import { awaitWithinAttempt } from '../attempts/wait-within-attempt.ts';
import { detached } from '../telemetry/tracing.ts';
import { cachedForm } from './cached-form.ts';
import type { Kind, ObjectByKind } from './cluster-api.ts';
import type { Connection } from './connection.ts';
import { createInformer, type Informer, type InformerSettings } from './informer.ts';
import type { ObjectStore } from './object-store.ts';
import type { Ask } from './requests.ts';
import { hasLabels, keyOf, type Selection } from './selection.ts';

/** The informers of one process: one for each selection, started when it is first needed. */
export interface Informers {
  /** Waits for the first list. Throws a PlatformError if there is none, or if it is too old. */
  read<K extends Kind>(selection: Selection<K>): Promise<ObjectStore<ObjectByKind[K]>>;
  /** The API server returned this object for a write of this process. */
  wrote<K extends Kind>(kind: K, object: ObjectByKind[K]): void;
  /** This process deleted the object with this uid. */
  deleted(kind: Kind, namespace: string, uid: string): void;
  /** Calls after every change of one of these kinds in this namespace; returns a function that stops it. */
  onChange(kinds: readonly Kind[], namespace: string, listener: () => void): () => void;
  close(): void;
}

interface Listener {
  kinds: readonly Kind[];
  namespace: string;
  heard: () => void;
}

export interface InformersParts {
  connection: Connection;
  ask: Ask;
  settings: InformerSettings;
}

export function createInformers(parts: InformersParts): Informers {
  const running = new Map<string, Informer<Kind>>();
  const listeners = new Set<Listener>();

  const start = <K extends Kind>(selection: Selection<K>): Informer<K> => {
    const changed = () => {
      for (const { kinds, namespace, heard } of listeners) {
        if (kinds.includes(selection.kind) && covers(selection, namespace)) heard();
      }
    };
    // The informer outlives the act that first needed it.
    const informer = outsideAttempts(() =>
      detached(() => createInformer({ ...parts, selection, changed })),
    );
    const key = keyOf(selection);
    running.set(key, informer);
    informer.listed.catch(() => running.delete(key));
    return informer;
  };
  const following = (kind: Kind, namespace: string) =>
    [...running.values()].filter(
      ({ selection }) => selection.kind === kind && covers(selection, namespace),
    );

  return {
    read: async <K extends Kind>(selection: Selection<K>) => {
      const known = running.get(keyOf(selection)) as unknown as Informer<K> | undefined;
      const informer = known ?? start(selection);
      await awaitWithinAttempt(informer.ready());
      return informer.store;
    },
    wrote: (kind, object) => {
      const kept = cachedForm(kind, object);
      for (const { selection, store } of following(kind, object.metadata?.namespace ?? '')) {
        if (hasLabels(kept, selection.labels)) store.put(kept);
        else store.drop(kept);
      }
    },
    deleted: (kind, namespace, uid) => {
      for (const { store } of following(kind, namespace)) store.deleted(uid);
    },
    onChange: (kinds, namespace, heard) => {
      const listener = { kinds, namespace, heard };
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      for (const informer of running.values()) informer.stop();
      running.clear();
    },
  };
}

function covers({ namespace }: Selection<Kind>, wanted: string): boolean {
  return namespace === undefined || namespace === wanted;
}
