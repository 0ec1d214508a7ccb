import type { ValueType } from '../../../contracts/recovery/playbooks/part.ts';

/** A type of CEL: a mapping of fields for what has named fields. */
export type CelType =
  'string' | 'double' | 'bool' | 'dyn' | 'list<string>' | { readonly [field: string]: CelType };

const celTypes: Readonly<Record<ValueType, CelType>> = {
  string: 'string',
  number: 'double',
  boolean: 'bool',
  /** Milliseconds. */
  duration: 'double',
  bytes: 'double',
  strings: 'list<string>',
  list: 'dyn',
  object: 'dyn',
  any: 'dyn',
};

export function celTypeOf(type: ValueType): CelType {
  return celTypes[type];
}
