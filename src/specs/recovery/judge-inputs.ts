import { isMapping, type Finding, type Unfinished } from '../kernel/finding.ts';
import { offerKnown } from '../kernel/known-keys.ts';
import type { Field, Fields } from '../../contracts/recovery/playbooks/part.ts';
import { readField } from '../../policies/recovery/playbooks/field-value.ts';
import { finding, type Path } from './judge-expressions.ts';
import { inputTypes, type InputSpec } from './playbook-step.ts';

/** The inputs of a playbook as fields; those that were refused are left out. */
export function fieldsOfInputs(inputs: unknown): Fields {
  if (!isMapping(inputs)) return {};
  return Object.fromEntries(
    Object.entries(inputs).flatMap(([name, input]) =>
      isInput(input) ? [[name, fieldOf(input)]] : [],
    ),
  );
}

function fieldOf({
  type,
  description = 'an input of the playbook',
  oneOf,
  ...input
}: InputSpec): Field {
  return {
    type,
    what: description,
    ...(oneOf !== undefined && { oneOf }),
    ...(input.default !== undefined && { optional: true, default: input.default }),
  };
}

function isInput(input: unknown): input is InputSpec {
  if (!isMapping(input)) return false;
  return inputTypes.some((type) => type === input['type']);
}

/** A default has to be of the type of its input. */
export function judgeInputs(inputs: unknown, path: Path): Finding[] {
  return Object.entries(fieldsOfInputs(inputs)).flatMap(([name, field]) => {
    if (field.default === undefined) return [];
    const read = readField(field, field.default);
    return read.ok ? [] : [finding([...path, name, 'default'], read.message)];
  });
}

/** The values that one run is given, against the inputs of its playbook. */
export function judgeGiven({ inputs, with: given }: Unfinished): Finding[] {
  const fields = fieldsOfInputs(inputs);
  const values = isMapping(given) ? given : {};
  const known = Object.keys(fields);
  const unknown = Object.keys(values)
    .filter((key) => !Object.hasOwn(fields, key))
    .map((key) =>
      finding(
        ['with', key],
        known.length === 0
          ? 'the playbook has no inputs; leave it out'
          : `no input of the playbook; ${offerKnown(key, known, 'known')}`,
      ),
    );
  const judged = Object.entries(fields).flatMap(([name, field]) => {
    const value = values[name];
    if (value === undefined && field.optional) return [];
    const read = readField(field, value);
    return read.ok ? [] : [finding(['with', name], read.message)];
  });
  return [...unknown, ...judged];
}
