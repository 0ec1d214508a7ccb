/** Who wrote a field of an object, as the API server records it in `metadata.managedFields`. */
import { isDeepStrictEqual } from 'node:util';
import type { V1ManagedFieldsEntry, V1ObjectMeta } from '@kubernetes/client-node';

/** Field manager under which Belay's own writes are filed. */
const ourselves = 'belay';

/** A field by its steps in `fieldsV1`, without their `f:`. */
export type FieldPath = readonly string[];

/** A field whose value is no longer what it was; tells the writer of a part from the owner of the rest. */
export interface ChangedField {
  path: FieldPath;
  now: unknown;
  before: unknown;
}

interface Fields {
  [step: string]: Fields;
}

/**
 * The managers other than Belay that own this field, or the part of it that changed. Absent where
 * nobody owns it: who only removes a field leaves no name.
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

/** Whether the present value of this field is one that Belay wrote. */
export function isOurs(metadata: V1ObjectMeta | undefined, path: FieldPath): boolean {
  return entriesOf(metadata).some(
    (entry) => entry.manager === ourselves && ownedAt(entry, path) !== undefined,
  );
}

function entriesOf(metadata: V1ObjectMeta | undefined): V1ManagedFieldsEntry[] {
  return (metadata?.managedFields ?? []).filter(({ subresource }) => subresource !== 'status');
}

/** What the entry owns there; a list or map that is only ever written as a whole has nothing below it. */
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

/** `.` is the list or map itself, whatever is in it. */
function ownsChange(owned: Fields, now: unknown, before: unknown): boolean {
  if (isWhole(owned)) return !isDeepStrictEqual(now, before);
  const { '.': itself, ...parts } = owned;
  if (itself && (now === undefined) !== (before === undefined)) return true;
  return Object.entries(parts).some(([step, below]) =>
    ownsChange(below, valueAt(now, step), valueAt(before, step)),
  );
}

/** `f:` a key, `k:` the item of a list with these keys, `v:` an item of a set, `i:` one by its place. */
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
