import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { anySpecJsonSchema, describedKinds, specJsonSchema } from '../../src/specs/json-schema.ts';

/** Paths of properties that an editor would complete without saying what they are. */
function undescribed(schema: unknown, path = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, part]) => {
    if (key !== 'properties') return undescribed(part, path);
    return Object.entries(part as Record<string, { description?: string }>).flatMap(
      ([name, property]) => [
        ...(property.description ? [] : [`${path}.${name}`]),
        ...undescribed(property, `${path}.${name}`),
      ],
    );
  });
}

describe.each(describedKinds)('the JSON schema of a %s spec', (kind) => {
  it('is the one in schemas/: `npx tsx scripts/generate-schemas.ts` writes it', async () => {
    const file = new URL(`../../schemas/${kind}.json`, import.meta.url);
    expect(JSON.parse(await readFile(file, 'utf8'))).toStrictEqual(specJsonSchema(kind));
  });

  it('describes every key', () => {
    expect(undescribed(specJsonSchema(kind))).toStrictEqual([]);
  });
});

it('of any spec takes each kind', () => {
  expect(anySpecJsonSchema()['anyOf']).toHaveLength(describedKinds.length);
});
