import * as z from 'zod';
import { kindNamed } from '../kinds/registry.ts';
import { scheduleSchema } from './kernel/schedule.ts';
import { specSchemas } from './registry.ts';

type JsonSchema = Record<string, unknown>;

/** The form in which people write specs, for the widest choice of editors. */
const written = { io: 'input', target: 'draft-7', override: allowOneItem } as const;

/** The kinds that there is a schema of. */
export const describedKinds = Object.keys(specSchemas);

/** Of one of `describedKinds`. */
export function specJsonSchema(kind: string): JsonSchema {
  const schema = specSchemas[kind];
  if (schema === undefined) throw new Error(`There is no spec of kind ${kind}`);
  return { title: `Belay ${kind} spec`, ...scheduled(kind, z.toJSONSchema(schema, written)) };
}

/** For a spec of any kind. */
export function anySpecJsonSchema(): JsonSchema {
  const { anyOf = [], ...rest } = z.toJSONSchema(z.union(Object.values(specSchemas)), written);
  return {
    title: 'Belay spec',
    ...rest,
    anyOf: describedKinds.map((kind, index) => scheduled(kind, anyOf[index] as JsonSchema)),
  };
}

/** With what may stand beside a spec of this kind in a file. */
function scheduled(kind: string, schema: JsonSchema): JsonSchema {
  return kindNamed(kind)?.schedulable ? withSchedule(schema) : schema;
}

/** A schema of several forms takes the key in each. */
export function withSchedule(schema: JsonSchema): JsonSchema {
  const { properties } = schema;
  const forms = ['anyOf', 'oneOf'].filter((key) => Array.isArray(schema[key]));
  return {
    ...schema,
    ...(typeof properties === 'object' && { properties: { ...properties, schedule } }),
    ...Object.fromEntries(
      forms.map((key) => [key, (schema[key] as JsonSchema[]).map((form) => withSchedule(form))]),
    ),
  };
}

const { $schema: _, ...scheduleForm } = z.toJSONSchema(scheduleSchema, written);

const schedule = {
  ...scheduleForm,
  description:
    'When runs start by themselves: read by `belay schedule apply`, and by nothing else.',
};

/** A list that is preprocessed may be written as its one item. */
function allowOneItem({
  zodSchema,
  jsonSchema,
}: {
  zodSchema: z.core.$ZodTypes;
  jsonSchema: JsonSchema;
}): void {
  const { def } = zodSchema._zod;
  if (def.type !== 'pipe' || def.in._zod.def.type !== 'transform') return;
  if (def.out._zod.def.type !== 'array') return;
  const { type, items, minItems } = jsonSchema;
  delete jsonSchema['type'];
  delete jsonSchema['items'];
  delete jsonSchema['minItems'];
  jsonSchema['anyOf'] = [items, { type, items, minItems }];
}
