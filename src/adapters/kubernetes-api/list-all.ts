import type { Kind, ObjectByKind } from './cluster-api.ts';
import { cachedForm } from './cached-form.ts';
import type { Ask } from './requests.ts';
import { labelSelector, type Selection } from './selection.ts';
import { readObject } from './wire-form.ts';

interface Page {
  metadata?: { resourceVersion?: string; continue?: string };
  items?: unknown[];
}

export interface Listing<K extends Kind> {
  items: ObjectByKind[K][];
  /** The version up to which everything is included. */
  version: string;
}

const pageSize = '500';

/** All current objects of a selection, page by page at one resourceVersion. */
export async function listAll<K extends Kind>(
  ask: Ask,
  { kind, namespace, labels }: Selection<K>,
): Promise<Listing<K>> {
  const items: ObjectByKind[K][] = [];
  let next: string | undefined;
  for (;;) {
    const query = {
      limit: pageSize,
      ...(labels && { labelSelector: labelSelector(labels) }),
      ...(next && { continue: next }),
    };
    const page = (await ask({ verb: 'list', kind, namespace, query })) as Page;
    items.push(...(page.items ?? []).map((item) => cachedForm(kind, readObject(kind, item))));
    next = page.metadata?.continue;
    if (!next) return { items, version: page.metadata?.resourceVersion ?? '' };
  }
}
