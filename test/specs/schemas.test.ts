import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { kinds } from '../../src/kinds/registry.ts';
import {
  anySpecJsonSchema,
  describedKinds,
  specJsonSchema,
  withSchedule,
} from '../../src/specs/json-schema.ts';

interface Schema {
  properties: Record<string, unknown>;
}

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

it('is there for every kind of run', () => {
  expect([...describedKinds].sort()).toEqual(kinds.map(({ kind }) => kind).sort());
});

describe('schedule', () => {
  const schedulable = kinds.filter((kind) => kind.schedulable).map(({ kind }) => kind);

  it('is a key of the kinds that may be scheduled, and of no other', () => {
    const withKey = (schema: unknown) => 'schedule' in (schema as Schema).properties;
    const each = describedKinds.filter((kind) => withKey(specJsonSchema(kind)));
    expect(each).toEqual(describedKinds.filter((kind) => schedulable.includes(kind)));
    const any = anySpecJsonSchema()['anyOf'] as Schema[];
    expect(describedKinds.filter((_, index) => withKey(any[index]))).toEqual(each);
    expect(each).not.toEqual([]);
  });

  it('is a key of every form that a spec may have', () => {
    const form = (key: string) => ({ type: 'object', properties: { [key]: { type: 'string' } } });
    const { anyOf } = withSchedule({ anyOf: [form('a'), form('b')] }) as { anyOf: Schema[] };
    expect(anyOf.map(({ properties }) => Object.keys(properties))).toEqual([
      ['a', 'schedule'],
      ['b', 'schedule'],
    ]);
  });

  it('takes a part of a calendar as one or as a list', () => {
    const { schedule } = (specJsonSchema('backup') as unknown as Schema).properties;
    const { calendar } = (schedule as Schema).properties;
    const hour = { type: 'integer', minimum: 0, maximum: 23 };
    expect((calendar as Schema).properties['hour']).toMatchObject({
      anyOf: [hour, { type: 'array', items: hour }],
    });
  });
});
