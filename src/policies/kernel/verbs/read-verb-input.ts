import type { VerbInput } from '../../../contracts/kernel/messages.ts';
import { shorten } from '../notifications/bounded-text.ts';

export type ReadVerbInput = { ok: true; input: VerbInput } | { ok: false; reason: string };

const wanted = {
  by: 'string',
  why: 'string',
  runRef: 'string',
  stage: 'number',
  step: 'string',
  toRevision: 'number',
  cause: 'string',
  with: 'object',
} as const;

/** What people say goes into every status and report. */
export const longestText = 2000;
const longestQuote = 60;
const longestReason = 1000;

/** Messages come from anywhere: what is not of the agreed shape is refused, never obeyed in part. */
export function readVerbInput(given: unknown): ReadVerbInput {
  if (given === undefined || given === null) return { ok: true, input: {} };
  if (typeof given !== 'object' || Array.isArray(given)) {
    return refuse(`the input is ${quote(given)}; send an object like {"by": "ana"}`);
  }
  const problems = Object.entries(given).flatMap(([key, value]: [string, unknown]) => {
    if (!isWanted(key)) {
      return [
        `${shorten(key, longestQuote)} is unknown; known are ${Object.keys(wanted).join(', ')}`,
      ];
    }
    if (typeof value === 'string' && value.length > longestText) {
      return [`${key} has ${value.length} characters; send at most ${longestText}`];
    }
    if (key === 'cause' && value !== 'alert') {
      return [`cause is ${quote(value)}; send "alert", or leave it out`];
    }
    if (key === 'with') return problemsOfArguments(value);
    if (typeof value === wanted[key]) return [];
    return [`${key} is ${quote(value)}; send a ${wanted[key]}`];
  });
  return problems.length > 0 ? refuse(problems.join('; ')) : { ok: true, input: given };
}

/** Which of them the verb takes, its definition says. */
function problemsOfArguments(given: unknown): string[] {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return [`with is ${quote(given)}; send an object like {"text": "it is slow"}`];
  }
  return Object.entries(given).flatMap(([key, value]: [string, unknown]) => {
    const path = `with.${shorten(key, longestQuote)}`;
    if (typeof value !== 'string') return [`${path} is ${quote(value)}; send a string`];
    if (value.length <= longestText) return [];
    return [`${path} has ${value.length} characters; send at most ${longestText}`];
  });
}

function isWanted(key: string): key is keyof typeof wanted {
  return Object.hasOwn(wanted, key);
}

function quote(given: unknown): string {
  return shorten(JSON.stringify(given), longestQuote);
}

function refuse(reason: string): ReadVerbInput {
  return { ok: false, reason: shorten(reason, longestReason) };
}
