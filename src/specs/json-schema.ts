import { z } from 'zod';
import { specSchemas } from './registry.ts';

type JsonSchema = Record<string, unknown>;

/** The form in which people write specs, for the widest choice of editors. */
const written = { io: 'input', target: 'draft-7' } as const;

/** The kinds that there is a schema of. */
export const describedKinds = Object.keys(specSchemas);

/** Of one of `describedKinds`. */
export function specJsonSchema(kind: string): JsonSchema {
  const schema = specSchemas[kind];
  if (schema === undefined) throw new Error(`There is no spec of kind ${kind}`);
  return { title: `Belay ${kind} spec`, ...z.toJSONSchema(schema, written) };
}

/** For a spec of any kind. */
export function anySpecJsonSchema(): JsonSchema {
  const anyKind = z.union(Object.values(specSchemas));
  return { title: 'Belay spec', ...z.toJSONSchema(anyKind, written) };
}
