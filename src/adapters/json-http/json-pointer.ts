import { SourceError } from '../../contracts/rollouts/metric-reader.ts';

/** `at` is the pointer to the first missing part. */
type Resolved = { kind: 'found'; value: unknown } | { kind: 'missing'; at: string };

const wellFormed = /^(?:\/(?:[^~/]|~[01])*)*$/;
const arrayIndex = /^(?:0|[1-9]\d*)$/;

/**
 * The value that an RFC 6901 pointer leads to. Own keys only: `__proto__` is found only if the document
 * itself contains it (rfc6902, which patches templates, skips such a part and returns the value above).
 */
export function resolvePointer(document: unknown, pointer: string): Resolved {
  if (!wellFormed.test(pointer)) {
    throw new SourceError(
      `${pointer} is not a JSON pointer: write one such as /status or /data/0/value, with ~1 for a / in a key and ~0 for a ~`,
    );
  }
  const parts = pointer.split('/').slice(1);
  let value = document;
  for (const [depth, part] of parts.entries()) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (!has(value, key)) return { kind: 'missing', at: `/${parts.slice(0, depth + 1).join('/')}` };
    value = value[key];
  }
  return { kind: 'found', value };
}

function has(value: unknown, key: string): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  return Object.hasOwn(value, key) && (!Array.isArray(value) || arrayIndex.test(key));
}
