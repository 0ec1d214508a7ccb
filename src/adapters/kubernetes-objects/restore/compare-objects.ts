import { createHmac } from 'node:crypto';
import type { KubernetesObject } from '../../kubernetes-api/dynamic/api-resource.ts';

/** The form of what was applied, with a keyed hash in place of every value: it tells no Secret. */
export type Fingerprint = string | { [field: string]: Fingerprint } | Fingerprint[];

/** Whoever has a fingerprint and not its key cannot try out what the values were. */
export function fingerprint(value: unknown, key: string): Fingerprint {
  if (Array.isArray(value)) return value.map((one) => fingerprint(one, key));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([field, one]) => [field, fingerprint(one, key)]),
    );
  }
  return createHmac('sha256', key)
    .update(JSON.stringify(value ?? null))
    .digest('base64url')
    .slice(0, 22);
}

/**
 * Paths at which what is there differs from what was applied. What is there alone was added by
 * defaults, by admission or by controllers, and does not differ.
 */
export function differences(applied: Fingerprint, there: KubernetesObject, key: string): string[] {
  return compare(applied, { there, key }, '');
}

interface Found {
  there: unknown;
  key: string;
}

function compare(applied: Fingerprint, { there, key }: Found, path: string): string[] {
  if (typeof applied === 'string') return fingerprint(there, key) === applied ? [] : [path];
  if (Array.isArray(applied)) {
    const items = Array.isArray(there) ? (there as unknown[]) : [];
    return applied.flatMap((one, index) =>
      items.some((item) => compare(one, { there: item, key }, '').length === 0)
        ? []
        : [`${path}[${index}]`],
    );
  }
  const fields = Object.entries(applied);
  if (there === null || typeof there !== 'object') {
    // An empty value is left out by the API server.
    return fields.length === 0 ? [] : [path];
  }
  return fields.flatMap(([field, one]) =>
    isEmpty(one) && !(field in there)
      ? []
      : compare(
          one,
          { there: (there as Record<string, unknown>)[field], key },
          path === '' ? field : `${path}.${field}`,
        ),
  );
}

function isEmpty(applied: Fingerprint): boolean {
  return typeof applied !== 'string' && Object.keys(applied).length === 0;
}
