import { setTimeout as sleep } from 'node:timers/promises';
import { PlatformError } from '../../contracts/rollouts/platform.ts';
import { cachedForm } from './cached-form.ts';
import type { Kind, ObjectByKind } from './cluster-api.ts';
import type { Connection } from './connection.ts';
import { inWords } from './kinds.ts';
import { listAll } from './list-all.ts';
import { createObjectStore, type ObjectStore } from './object-store.ts';
import { reasonOf, type ApiRequest, type Ask } from './requests.ts';
import { labelSelector, type Selection } from './selection.ts';
import { Expired, openWatch, type WatchEvent, type WatchLimits } from './watch-stream.ts';
import { readObject } from './wire-form.ts';

export interface InformerSettings extends WatchLimits {
  /** If a watch is broken for longer than this, reads fail instead of returning old data. */
  staleAfterMs: number;
  /** The longest pause between two attempts to restore a watch. */
  longestPauseMs: number;
  /** How long the server may keep a watch open. */
  watchSeconds: number;
}

export const informerDefaults: InformerSettings = {
  openMs: 10_000,
  quietMs: 150_000,
  staleAfterMs: 30_000,
  longestPauseMs: 5_000,
  watchSeconds: 3_600,
};

/** A list that a watch keeps up to date, for all its readers. */
export interface Informer<K extends Kind> {
  selection: Selection<K>;
  store: ObjectStore<ObjectByKind[K]>;
  /** The first list, or why there is none: then this informer has stopped. */
  listed: Promise<void>;
  /** Waits for the first list. Throws a PlatformError if the data is not reliable. */
  ready(): Promise<void>;
  stop(): void;
}

export interface InformerParts<K extends Kind> {
  selection: Selection<K>;
  connection: Connection;
  ask: Ask;
  settings: InformerSettings;
  changed: () => void;
}

/** After a restore from a backup, a cluster repeatedly refuses our version as one of the future. */
const failuresBeforeList = 5;

interface Broken {
  sinceMs: number;
  error: unknown;
}

export function createInformer<K extends Kind>(parts: InformerParts<K>): Informer<K> {
  const { selection, settings, ask } = parts;
  const store = createObjectStore<ObjectByKind[K]>(() => performance.now(), parts.changed);
  const stopping = new AbortController();
  let broken: Broken | undefined;
  let expired = false;

  const list = async () => {
    const { items, version } = await listAll(ask, selection);
    store.replaceAll(items, version);
  };
  const watch = async () => {
    const request = watchRequest(selection, store.version() ?? '', settings.watchSeconds);
    const events = await openWatch(parts.connection, request, settings, stopping.signal);
    broken = undefined;
    for await (const event of events) applyEvent(store, selection.kind, event);
  };
  const catchUp = async () => {
    if (expired) await list();
    expired = false;
    await watch();
  };
  const follow = async () => {
    for (let failures = 0; !stopping.signal.aborted;) {
      const startMs = performance.now();
      const failure: unknown = await catchUp().then(() => undefined, asIs);
      const lasted = performance.now() - startMs > settings.longestPauseMs;
      failures = lasted ? 0 : failures + 1;
      expired ||= failure instanceof Expired || failures >= failuresBeforeList;
      broken = { sinceMs: broken?.sinceMs ?? performance.now(), error: failure ?? broken?.error };
      const pauseMs = failures === 0 ? 0 : pauseAfter(failures, settings);
      await sleep(pauseMs, undefined, { signal: stopping.signal });
    }
  };

  const listed = list();
  listed.then(follow).catch(() => {});
  return {
    selection,
    store,
    listed,
    ready: async () => {
      await listed;
      if (broken && performance.now() - broken.sinceMs > settings.staleAfterMs) {
        throw tooOld(selection, broken);
      }
    },
    stop: () => stopping.abort(new Error('this informer was stopped')),
  };
}

function asIs(failure: unknown): unknown {
  return failure;
}

function pauseAfter(failures: number, { longestPauseMs }: InformerSettings): number {
  return Math.min(longestPauseMs, 50 * 2 ** failures) * (0.5 + Math.random() / 2);
}

function watchRequest(
  { kind, namespace, labels }: Selection<Kind>,
  version: string,
  watchSeconds: number,
): ApiRequest {
  // Spread out, because all watches of a process were opened at the same time.
  const timeoutSeconds = Math.round(watchSeconds * (0.75 + Math.random() / 4));
  return {
    verb: 'watch',
    kind,
    namespace,
    query: {
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: version,
      timeoutSeconds: String(timeoutSeconds),
      ...(labels && { labelSelector: labelSelector(labels) }),
    },
  };
}

function applyEvent<K extends Kind>(
  store: ObjectStore<ObjectByKind[K]>,
  kind: K,
  { type, object }: WatchEvent,
): void {
  const read = cachedForm(kind, readObject(kind, object));
  if (type === 'ADDED' || type === 'MODIFIED') store.put(read);
  if (type === 'DELETED') store.drop(read);
  store.advance(read.metadata?.resourceVersion);
}

function tooOld(selection: Selection<Kind>, { sinceMs, error }: Broken): PlatformError {
  const seconds = Math.round((performance.now() - sinceMs) / 1000);
  return new PlatformError(
    error instanceof PlatformError ? error.code : 'unavailable',
    `The cached list of ${inWords(selection)} is ${seconds} s old: ${reasonOf(error)}`,
    { cause: error },
  );
}
