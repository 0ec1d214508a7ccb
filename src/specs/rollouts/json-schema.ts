import { z } from 'zod';
import type { SpecKind } from '../../kinds/workflow-types.ts';
import { specSchemas } from './resolve.ts';

type JsonSchema = Record<string, unknown>;

/** The form in which people write specs, for the widest choice of editors. */
const written = { io: 'input', target: 'draft-7' } as const;

export function specJsonSchema(kind: SpecKind): JsonSchema {
  return { title: `Belay ${kind} spec`, ...z.toJSONSchema(specSchemas[kind], written) };
}

/** For a spec of any kind. */
export function anySpecJsonSchema(): JsonSchema {
  const anyKind = z.union(Object.values(specSchemas));
  return { title: 'Belay spec', ...z.toJSONSchema(anyKind, written) };
}
