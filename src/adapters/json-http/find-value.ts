import type { JsonSource } from '../../specs/rollouts/metric-source.ts';
import { resolvePointer } from './json-pointer.ts';

type FoundValue = { kind: 'value'; value: number } | { kind: 'nothing'; reason: string };

/** The source's value in a document: a number, or 1 or 0 for a value that is or is not the expected one. */
export function findValue(
  document: unknown,
  { pointer, equals }: Pick<JsonSource, 'pointer' | 'equals'>,
): FoundValue {
  const resolved = resolvePointer(document, pointer);
  if (resolved.kind === 'missing') {
    const deeper = resolved.at === pointer ? '' : `: the answer has no ${resolved.at}`;
    return { kind: 'nothing', reason: `nothing at ${pointer}${deeper}` };
  }
  const value = valueOf(resolved.value, equals);
  if (value !== undefined) return { kind: 'value', value };
  const wanted = equals === undefined ? 'a number' : 'a single value';
  const place = pointer || 'the answer';
  return { kind: 'nothing', reason: `${place} is ${describe(resolved.value)}, not ${wanted}` };
}

function valueOf(found: unknown, equals: JsonSource['equals']): number | undefined {
  if (equals === undefined) return finiteNumber(found);
  if (typeof found === 'object') return undefined;
  return found === equals ? 1 : 0;
}

/** Many sources write their numbers as strings, Prometheus among them. */
function finiteNumber(found: unknown): number | undefined {
  const isWritten = typeof found === 'string' && found.trim() !== '';
  if (typeof found !== 'number' && !isWritten) return undefined;
  const number = Number(found);
  return Number.isFinite(number) ? number : undefined;
}

/** Never the value itself: it may be a secret of another service, and everyone can read a reason. */
function describe(found: unknown): string {
  if (Array.isArray(found)) return 'a list';
  if (found === null) return 'null';
  if (typeof found === 'object') return 'an object';
  if (typeof found === 'number') return 'not finite';
  return typeof found === 'string' ? 'a text' : `a ${typeof found}`;
}
