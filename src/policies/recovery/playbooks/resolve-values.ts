import type { Fields } from '../../../contracts/recovery/playbooks/part.ts';
import { evaluateExpression } from './cel.ts';
import { readField } from './field-value.ts';
import { splitTemplate, wholeExpression } from './template.ts';

/** What expressions refer to: `inputs`, `steps`, `mode`. */
export type Known = Readonly<Record<string, unknown>>;

export type Resolved<T> = { ok: true; value: T } | { ok: false; reasons: string[] };

/** The inputs of an action or probe, with every expression evaluated and every default filled in. */
export function resolveValues(
  written: Known,
  fields: Fields,
  known: Known,
): Resolved<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  const reasons: string[] = [];
  for (const [name, field] of Object.entries(fields)) {
    const given = written[name] ?? field.default;
    if (given === undefined) {
      if (!field.optional) reasons.push(`${name} is missing`);
      continue;
    }
    const filled = field.literal ? { ok: true as const, value: given } : fill(given, known);
    if (!filled.ok) {
      reasons.push(...filled.reasons.map((reason) => `${name}: ${reason}`));
      continue;
    }
    const read = readField(field, filled.value);
    if (read.ok) values[name] = read.value;
    else reasons.push(`${name}: ${read.message}`);
  }
  return reasons.length > 0 ? { ok: false, reasons } : { ok: true, value: values };
}

/** A value with the expressions in its texts evaluated. One that is an expression alone keeps its type. */
function fill(value: unknown, known: Known): Resolved<unknown> {
  if (typeof value === 'string') return fillText(value, known);
  if (Array.isArray(value)) return all(value.map((each) => fill(each, known)));
  if (typeof value !== 'object' || value === null) return { ok: true, value };
  const entries = Object.entries(value);
  const filled = all(entries.map(([, each]) => fill(each, known)));
  if (!filled.ok) return filled;
  const keys = entries.map(([key]) => key);
  return {
    ok: true,
    value: Object.fromEntries(keys.map((key, index) => [key, filled.value[index]])),
  };
}

/** Text for people, with its expressions evaluated; what cannot be is said in its place. */
export function fillForPeople(text: string, known: Known): string {
  const split = splitTemplate(text);
  if (!split.ok) return text;
  return split.pieces
    .map((piece) => {
      if ('text' in piece) return piece.text;
      const evaluated = evaluateExpression(piece.expression, known);
      return evaluated.ok ? asText(evaluated.value) : `(${piece.expression}: ${evaluated.message})`;
    })
    .join('');
}

function fillText(text: string, known: Known): Resolved<unknown> {
  const split = splitTemplate(text);
  if (!split.ok) return { ok: false, reasons: [split.message] };
  const whole = wholeExpression(split.pieces);
  if (whole !== undefined) return evaluate(whole, known);
  const pieces = all(
    split.pieces.map((piece) =>
      'text' in piece ? { ok: true, value: piece.text } : evaluate(piece.expression, known),
    ),
  );
  return pieces.ok ? { ok: true, value: pieces.value.map(asText).join('') } : pieces;
}

function evaluate(expression: string, known: Known): Resolved<unknown> {
  const evaluated = evaluateExpression(expression, known);
  if (evaluated.ok) return evaluated;
  return { ok: false, reasons: [`${expression}: ${evaluated.message}`] };
}

function all(resolved: readonly Resolved<unknown>[]): Resolved<unknown[]> {
  const reasons = resolved.flatMap((one) => (one.ok ? [] : one.reasons));
  if (reasons.length > 0) return { ok: false, reasons };
  return { ok: true, value: resolved.map((one) => (one.ok ? one.value : undefined)) };
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
