/** JSON merge patches (RFC 7386): what undoes one, and only what is still as it was patched. */
type Mapping = Readonly<Record<string, unknown>>;

/** The patch that brings back what `patch` changes in this object. */
export function inversePatch(object: unknown, patch: Mapping): Record<string, unknown> {
  const from = isMapping(object) ? object : {};
  return Object.fromEntries(
    Object.entries(patch).map(([key, wanted]) => {
      const present = from[key];
      const isBeside = isMapping(present) || (present === undefined && hasKeys(wanted));
      // A mapping that the patch made may hold what others wrote since: only its own fields go.
      if (isMapping(wanted) && isBeside) return [key, inversePatch(present, wanted)];
      return [key, present ?? null];
    }),
  );
}

/** Of an inverse patch, what concerns fields that still are as `patch` left them. */
export function undoOf(object: unknown, patch: Mapping, inverse: Mapping): Record<string, unknown> {
  const present = isMapping(object) ? object : {};
  return Object.fromEntries(
    Object.entries(patch).flatMap(([key, wanted]): [string, unknown][] => {
      const before = inverse[key];
      if (isMapping(wanted) && isMapping(before)) {
        const inner = undoOf(present[key], wanted, before);
        return Object.keys(inner).length === 0 ? [] : [[key, inner]];
      }
      return isAsPatched(present[key], wanted) ? [[key, before]] : [];
    }),
  );
}

/** Whether a patch would change nothing. */
export function isApplied(object: unknown, patch: Mapping): boolean {
  const present = isMapping(object) ? object : {};
  return Object.entries(patch).every(([key, wanted]) => isAsPatched(present[key], wanted));
}

function isAsPatched(present: unknown, wanted: unknown): boolean {
  if (wanted === null) return present === undefined || present === null;
  if (isMapping(wanted)) return isMapping(present) && isApplied(present, wanted);
  return isSame(present, wanted);
}

function isSame(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((each, index) => isSame(each, other[index]));
  }
  if (isMapping(one) && isMapping(other)) {
    const keys = Object.keys(one);
    return (
      keys.length === Object.keys(other).length &&
      keys.every((key) => Object.hasOwn(other, key) && isSame(one[key], other[key]))
    );
  }
  return one === other;
}

function hasKeys(value: unknown): boolean {
  return isMapping(value) && Object.keys(value).length > 0;
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
