import type { Field } from '../../../contracts/recovery/playbooks/part.ts';
import { formatDuration, parseDuration } from '../../../specs/kernel/duration.ts';

export type FieldValue = { ok: true; value: unknown } | { ok: false; message: string };

const accepted: Readonly<Record<Field['type'], string>> = {
  string: 'write text',
  number: 'write a number',
  boolean: 'write true or false',
  duration: 'write a number and ms, s, m, h or d, such as 30s or 10m',
  bytes: 'write a number of bytes, or one with a unit such as 16MiB',
  strings: 'write a list of texts',
  list: 'write a list of values',
  object: 'write a mapping',
  any: 'write a value',
};

/** A value as a field takes it: durations and sizes as numbers. `written`: not yet by an expression. */
export function readField(field: Field, value: unknown): FieldValue {
  const read = readType(field.type, value);
  if (read === undefined) {
    const given =
      value === undefined ? 'missing' : value === null ? 'empty' : `${show(value)} is not accepted`;
    return { ok: false, message: `${given}; ${accepted[field.type]}` };
  }
  const problem = refuseRange(field, read.value);
  return problem === undefined
    ? { ok: true, value: read.value }
    : { ok: false, message: `${show(value)} is not accepted; ${problem}` };
}

function readType(type: Field['type'], value: unknown): { value: unknown } | undefined {
  if (value === undefined || value === null)
    return type === 'any' && value === null ? { value } : undefined;
  switch (type) {
    case 'string':
      return typeof value === 'string' ? { value } : undefined;
    case 'number':
      return isNumber(value) ? { value } : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? { value } : undefined;
    case 'duration': {
      if (isNumber(value) && value >= 0) return { value };
      const ms = typeof value === 'string' ? parseDuration(value) : undefined;
      return ms === undefined ? undefined : { value: ms };
    }
    case 'bytes': {
      if (isNumber(value) && value >= 0) return { value };
      const bytes = typeof value === 'string' ? parseBytes(value) : undefined;
      return bytes === undefined ? undefined : { value: bytes };
    }
    case 'strings':
      return Array.isArray(value) && value.every((one) => typeof one === 'string')
        ? { value }
        : undefined;
    case 'list':
      return Array.isArray(value) ? { value } : undefined;
    case 'object':
      return typeof value === 'object' && !Array.isArray(value) ? { value } : undefined;
    case 'any':
      return { value };
  }
}

function refuseRange({ type, oneOf, least, most }: Field, value: unknown): string | undefined {
  if (oneOf !== undefined && !oneOf.includes(value as string)) return `one of: ${oneOf.join(', ')}`;
  if (typeof value !== 'number') return undefined;
  const shown = type === 'duration' ? formatDuration : String;
  if (least !== undefined && value < least) return `at least ${shown(least)}`;
  if (most !== undefined && value > most) return `at most ${shown(most)}`;
  return undefined;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

const units: Readonly<Record<string, number>> = {
  ...{ B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 },
  ...{ KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 },
};

function parseBytes(text: string): number | undefined {
  const [, amount, unit = 'B'] = /^(\d+(?:\.\d+)?)\s*([A-Za-z]+)?$/.exec(text.trim()) ?? [];
  const factor = units[unit];
  return amount === undefined || factor === undefined
    ? undefined
    : Math.round(Number(amount) * factor);
}

function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
