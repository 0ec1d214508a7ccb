import { isMapping, type Unfinished } from '../../../specs/kernel/finding.ts';
import { showGiven } from '../../../specs/kernel/given.ts';
import type { SpecProblem } from '../../../specs/kernel/spec-problem.ts';

/** Gathers what is wrong, wherever it is found. */
export interface Complaints {
  add(path: string, message: string): void;
  readonly all: readonly SpecProblem[];
}

export function createComplaints(): Complaints {
  const all: SpecProblem[] = [];
  return { all, add: (path, message) => void all.push({ path, message }) };
}

/** Reads a mapping and complains of each key that is not known. If the value is no mapping, complains and returns undefined. */
export function mappingAt(
  value: unknown,
  path: string,
  {
    known,
    complaints,
    refused = {},
  }: {
    known: readonly string[];
    complaints: Complaints;
    /** Keys that OpenSLO has and Belay cannot honour, and why. */
    refused?: Readonly<Record<string, string>>;
  },
): Unfinished | undefined {
  if (!isMapping(value)) {
    complaints.add(
      path,
      value === undefined ? 'missing; write a mapping' : `${showGiven(value)} is no mapping`,
    );
    return undefined;
  }
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    const why = Object.hasOwn(refused, key) ? refused[key] : undefined;
    complaints.add(
      `${path}.${key}`,
      why ?? `is nothing that Belay knows; known are ${known.join(', ')}`,
    );
  }
  return value;
}

export function textAt(value: unknown, path: string, complaints: Complaints): string {
  if (typeof value === 'string' && value !== '') return value;
  complaints.add(
    path,
    value === undefined ? 'missing; write a text' : `${showGiven(value)} is no text`,
  );
  return '';
}
