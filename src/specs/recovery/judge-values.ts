import { isMapping, type Finding } from '../kernel/finding.ts';
import { offerKnown } from '../kernel/known-keys.ts';
import type { Fields } from '../../contracts/recovery/playbooks/part.ts';
import { readField } from '../../policies/recovery/playbooks/field-value.ts';
import { celTypeOf } from '../../policies/recovery/playbooks/value-types.ts';
import {
  expressionIn,
  finding,
  hasExpression,
  judgeExpression,
  judgeTemplates,
  type Path,
  type Place,
} from './judge-expressions.ts';

const noExpressions =
  'takes no expressions, so that no value becomes a part of it; write $1 in it, and parameters: [...]';

/** What is given `with` a step, against the inputs of what it names. */
export function judgeValues(
  given: unknown,
  fields: Fields,
  { place, path, of }: { place: Place; path: Path; of: string },
): Finding[] {
  const values = isMapping(given) ? given : {};
  const known = Object.keys(fields);
  const unknown = Object.keys(values)
    .filter((key) => !Object.hasOwn(fields, key))
    .map((key) =>
      finding(
        [...path, key],
        known.length === 0
          ? `${of} takes no inputs; leave it out`
          : `unknown input of ${of}; ${offerKnown(key, known, 'known')}`,
      ),
    );
  const judged = Object.entries(fields).flatMap(([key, field]): Finding[] => {
    const value = values[key];
    const at = [...path, key];
    if (value === undefined) {
      return field.optional ? [] : [finding(at, `missing; ${of} needs it: ${field.what}`)];
    }
    if (field.literal && hasExpression(value)) return [finding(at, noExpressions)];
    const expression = expressionIn(value);
    if (expression !== undefined) {
      return judgeExpression(expression, celTypeOf(field.type), { place, path: at });
    }
    if (hasExpression(value)) {
      const isText = typeof value === 'string';
      return isText && !['string', 'any'].includes(field.type)
        ? [finding(at, `is text with an expression in it, where ${field.type} is needed`)]
        : judgeTemplates(value, { place, path: at });
    }
    const read = readField(field, value);
    return read.ok ? [] : [finding(at, read.message)];
  });
  return [...unknown, ...judged];
}
