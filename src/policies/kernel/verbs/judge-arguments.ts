import type { VerbArgument } from '../../../kinds/kind.ts';
import { readMoment } from '../change-control/read-moment.ts';
import { shorten } from '../notifications/bounded-text.ts';

type Arguments = Readonly<Record<string, VerbArgument>>;

const longestQuote = 60;

/** Everything that is wrong with what a verb was given beside who sent it and why. */
export function problemsOfArguments(
  known: Arguments = {},
  given: Readonly<Record<string, string>> = {},
): string[] {
  const unknown = Object.keys(given)
    .filter((key) => !Object.hasOwn(known, key))
    .map((key) => {
      const name = shorten(key, longestQuote);
      const names = Object.keys(known);
      return names.length === 0
        ? `with.${name} is unknown; this verb takes nothing in with`
        : `with.${name} is unknown; known are ${names.join(', ')}`;
    });
  const wrong = Object.entries(known).flatMap(([key, definition]) => {
    const problem = problemOf(definition, given[key]);
    return problem === undefined ? [] : [`with.${key} ${problem}`];
  });
  return [...unknown, ...wrong];
}

function problemOf(
  { required, oneOf, form, meaning }: VerbArgument,
  value: string | undefined,
): string | undefined {
  if (value === undefined) return required ? `is missing: ${meaning}` : undefined;
  if (value.trim() === '') return `is empty; send ${meaning}`;
  if (oneOf !== undefined) {
    return oneOf.includes(value)
      ? undefined
      : `is ${quote(value)}; send one of ${oneOf.join(', ')}`;
  }
  switch (form) {
    case 'moment': {
      const read = readMoment(value);
      return 'problem' in read ? `is ${read.problem}` : undefined;
    }
    case 'date': {
      const isDate =
        /^\d{4}-\d\d-\d\d$/.test(value) && !('problem' in readMoment(`${value}T00:00Z`));
      return isDate ? undefined : `is ${quote(value)}; send a date such as 2026-12-24`;
    }
    case 'link':
      return /^https?:\/\/\S+$/.test(value)
        ? undefined
        : `is ${quote(value)}; send an address such as https://wiki.example.com/postmortem`;
    case undefined:
      return undefined;
    default:
      return form satisfies never;
  }
}

function quote(value: string): string {
  return JSON.stringify(shorten(value, longestQuote));
}
