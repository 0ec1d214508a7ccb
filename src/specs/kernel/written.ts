/** The kinds of value a spec is written in, each with the message a person gets for anything else. */
import * as z from 'zod';
import { durationPattern, formatDuration, parseDuration } from './duration.ts';
import { refusal, showGiven } from './given.ts';
import { offerKnown } from './known-keys.ts';
import { parsePercentage } from './percentage.ts';

interface RawIssue {
  code?: string;
  input?: unknown;
  keys?: string[];
}

const yearMs = 365 * 86_400_000;

/**
 * A mapping with exactly these keys. `mistaken` are keys that people try, with the advice they get
 * instead of the list of known ones. Unknown keys come as one issue, its message a line per key.
 */
export function mapping<Shape extends z.ZodRawShape>(
  shape: Shape,
  mistaken: Record<string, string> = {},
) {
  const known = Object.keys(shape);
  const notMapping = refusal(`write a mapping with the keys ${known.join(', ')}`);
  const unknownKey = (key: string) =>
    (Object.hasOwn(mistaken, key) && mistaken[key]) ||
    `unknown key; ${offerKnown(key, known, 'known')}`;
  return z.strictObject(shape, {
    error: (issue: RawIssue) =>
      issue.code === 'unrecognized_keys' && issue.keys
        ? issue.keys.map(unknownKey).join('\n')
        : notMapping(issue),
  });
}

/** Text, by default any that is not blank. Numbers and booleans get the advice to quote them. */
export function text(accepted: string, pattern = /\S/) {
  const error = (issue: RawIssue): string =>
    typeof issue.input === 'number' || typeof issue.input === 'boolean'
      ? `${showGiven(issue.input)} is not text; put it in quotes`
      : refusal(accepted)(issue);
  return z.string({ error }).regex(pattern, { error });
}

/** A name that becomes part of a workflow ID. */
export function idPart(whose: string) {
  const error = refusal(
    `the ${whose} name takes lowercase letters, digits and "-", 1 to 63 of them, beginning and ending with a letter or digit`,
    'cannot be part of a workflow ID',
  );
  return z.string({ error }).regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, { error });
}

export function wholeNumber(least: number, most: number = Number.MAX_SAFE_INTEGER) {
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least} up` : `from ${least} to ${most}`;
  const error = refusal(`write a whole number ${range}`);
  return z.int({ error }).min(least, { error }).max(most, { error });
}

export function number(least: number, most: number) {
  const error = refusal(`write a number from ${least} to ${most}`);
  return z.number({ error }).min(least, { error }).max(most, { error });
}

/** Written as `1%`, resolved to a fraction between these. */
export function share(range: string, least: number, most: number) {
  const error = refusal(`write a percentage from ${range}`);
  return z.string({ error }).transform((written, context) => {
    const fraction = parsePercentage(written);
    if (fraction !== undefined && fraction >= least && fraction <= most) return fraction;
    context.addIssue(error({ input: written }));
    return z.NEVER;
  });
}

export function flag() {
  return z.boolean({ error: refusal('write true or false') });
}

export function choice<const Options extends readonly [string, ...string[]]>(options: Options) {
  return z.enum(options, {
    error: (issue) => refusal(offerKnown(issue.input, options))(issue),
  });
}

export function listOf<Item extends z.ZodType>(item: Item, accepted: string) {
  const error = refusal(accepted);
  return z.array(item, { error }).min(1, { error });
}

/** Written as `10m`, resolved to milliseconds. */
export function duration(leastMs = 1, mostMs = yearMs) {
  return z
    .union([z.string().regex(durationPattern, { error: refuseDuration }), z.literal(0)], {
      error: refuseDuration,
    })
    .transform((written, context) => {
      const ms = parseDuration(String(written)) ?? NaN;
      if (ms >= leastMs && ms <= mostMs) return ms;
      context.addIssue(
        ms < leastMs
          ? `${showGiven(written)} is too short; at least ${formatDuration(leastMs)}`
          : `${showGiven(written)} is too long; at most ${formatDuration(mostMs)}`,
      );
      return z.NEVER;
    });
}

export function refuseDuration(issue: RawIssue): string {
  return refusal(
    'write a number and ms, s, m, h or d, such as 30s or 10m',
    notDuration(issue),
  )(issue);
}

function notDuration({ input }: RawIssue): string {
  if (typeof input === 'number' || (typeof input === 'string' && /^\d+(\.\d+)?$/.test(input))) {
    return 'has no unit';
  }
  if (typeof input === 'string' && parsePercentage(input) !== undefined) {
    return 'is a percentage where a duration belongs';
  }
  return 'is not a duration';
}
