/** Who wrote a field of an object, by `metadata.managedFields`. */
import { isDeepStrictEqual } from 'node:util';
import type { V1ManagedFieldsEntry, V1ObjectMeta } from '@kubernetes/client-node';

/** The field manager of Belay's own writes. */
const ourselves = 'belay';

/** A field by its steps in `fieldsV1`, without their `f:`. */
export type FieldPath = readonly string[];

/** A field whose value has changed; used to find the writer of a part instead of the owner of the rest. */
export interface ChangedField {
  path: FieldPath;
  now: unknown;
  before: unknown;
}

interface Fields {
  [step: string]: Fields;
}

/**
 * The managers other than Belay that own this field, or the part of it that changed. Absent if nobody
 * owns it: a removed field has no owner.
 */
export function writerOf(
  metadata: V1ObjectMeta | undefined,
  field: FieldPath | ChangedField,
): string | undefined {
  const { path, ...change } = 'path' in field ? field : { path: field };
  const owners = entriesOf(metadata).filter((entry) => {
    const owned = ownedAt(entry, path);
    if (owned === undefined || entry.manager === ourselves) return false;
    return !('now' in change) || ownsChange(owned, change.now, change.before);
  });
  const names = new Set(owners.map(({ manager }) => manager ?? 'unknown'));
  return names.size === 0 ? undefined : [...names].join(' and ');
}

/** Whether Belay wrote the current value of this field. */
export function isOurs(metadata: V1ObjectMeta | undefined, path: FieldPath): boolean {
  return entriesOf(metadata).some(
    (entry) => entry.manager === ourselves && ownedAt(entry, path) !== undefined,
  );
}

function entriesOf(metadata: V1ObjectMeta | undefined): V1ManagedFieldsEntry[] {
  return (metadata?.managedFields ?? []).filter(({ subresource }) => subresource !== 'status');
}

/** What the entry owns at this path; a list or map that is always written as a whole has nothing below it. */
function ownedAt({ fieldsV1 }: V1ManagedFieldsEntry, path: FieldPath): Fields | undefined {
  let fields = fieldsV1 as Fields | undefined;
  for (const step of path) {
    if (fields === undefined || isWhole(fields)) return fields;
    fields = fields[`f:${step}`];
  }
  return fields;
}

function isWhole(fields: Fields): boolean {
  return Object.keys(fields).length === 0;
}

/** `.` is the list or map itself, whatever it contains. */
function ownsChange(owned: Fields, now: unknown, before: unknown): boolean {
  if (isWhole(owned)) return !isDeepStrictEqual(now, before);
  const { '.': itself, ...parts } = owned;
  if (itself && (now === undefined) !== (before === undefined)) return true;
  return Object.entries(parts).some(([step, below]) =>
    ownsChange(below, valueAt(now, step), valueAt(before, step)),
  );
}

/** `f:` a key, `k:` a list item with these keys, `v:` an item of a set, `i:` an item by its index. */
function valueAt(value: unknown, step: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const [kind, name] = [step.slice(0, 2), step.slice(2)];
  if (kind === 'f:') return (value as Record<string, unknown>)[name];
  if (!Array.isArray(value)) return undefined;
  if (kind === 'i:') return value[Number(name)];
  const wanted = JSON.parse(name) as unknown;
  if (kind === 'v:') return value.find((item) => isDeepStrictEqual(item, wanted));
  const keys = Object.entries(wanted as Record<string, unknown>);
  return value.find((item: Record<string, unknown>) =>
    keys.every(([key, own]) => isDeepStrictEqual(item[key], own)),
  );
}
