import type { ArgumentValues } from '../../../contracts/kernel/agent.ts';
import type { Parameter } from '../../../specs/kernel/agent.ts';
import { showGiven } from '../../../specs/kernel/given.ts';
import { placeholder } from './placeholders.ts';

export type Filled<Lists> = { ok: true; filled: Lists } | { ok: false; problems: string[] };

const longestValue = 1_024;

/** Puts the values in. Each becomes part of one argument, whatever it contains; or every problem. */
export function fillArguments<Lists extends Record<string, readonly string[]>>(
  lists: Lists,
  parameters: Readonly<Record<string, Parameter>>,
  given: ArgumentValues = {},
): Filled<{ [List in keyof Lists]: string[] }> {
  const problems = [
    ...Object.entries(parameters).flatMap(([name, parameter]) =>
      refuseValue(name, parameter, Object.hasOwn(given, name) ? given[name] : undefined),
    ),
    ...unknownIn(given, Object.keys(parameters)),
  ];
  if (problems.length > 0) return { ok: false, problems };
  const value = (name: string) => String(given[name]);
  const optionLike = Object.values(lists)
    .flat()
    .flatMap((argument) => leadingNames(argument).find((name) => value(name) !== '') ?? [])
    .filter((name) => !('oneOf' in (parameters[name] ?? {})) && value(name).startsWith('-'))
    .map((name) => `args.${name}: ${showGiven(value(name))} begins with "-", as options do`);
  if (optionLike.length > 0) return { ok: false, problems: [...new Set(optionLike)] };
  const fill = (argument: string) =>
    argument.replaceAll(placeholder, (_, name: string) => value(name));
  const filled = Object.fromEntries(
    Object.entries(lists).map(([list, argv]) => [list, argv.map(fill)]),
  ) as { [List in keyof Lists]: string[] };
  return { ok: true, filled };
}

function refuseValue(name: string, parameter: Parameter, value: unknown): string[] {
  const complaint = refuse(parameter, value);
  return complaint === undefined ? [] : [`args.${name}: ${complaint}`];
}

function refuse(parameter: Parameter, value: unknown): string | undefined {
  const accepted = acceptedBy(parameter);
  if (value === undefined) return `missing; ${accepted}`;
  if ('least' in parameter) {
    const { least, most } = parameter;
    const isInside = Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most;
    return isInside ? undefined : `${showGiven(value)} is not accepted; ${accepted}`;
  }
  if (typeof value !== 'string') return `${showGiven(value)} is not text; ${accepted}`;
  if (value.length > longestValue) return `has ${value.length} characters; at most ${longestValue}`;
  if (value.includes('\0')) return 'holds a NUL character, which no argument can';
  const fits =
    'oneOf' in parameter
      ? parameter.oneOf.includes(value)
      : new RegExp(`^(?:${parameter.pattern})$`, 'u').test(value);
  return fits ? undefined : `${showGiven(value)} is not accepted; ${accepted}`;
}

function acceptedBy(parameter: Parameter): string {
  if ('oneOf' in parameter) return `one of: ${parameter.oneOf.join(', ')}`;
  if ('pattern' in parameter) return `text that matches ${parameter.pattern}`;
  return `a whole number from ${parameter.least} to ${parameter.most}`;
}

function unknownIn(given: ArgumentValues, known: string[]): string[] {
  const accepted = known.length === 0 ? 'it takes none' : `known: ${known.join(', ')}`;
  return Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((name) => `args[${showGiven(name)}]: unknown; ${accepted}`);
}

/** The parameters that an argument begins with: a value may be empty, and the next one comes first then. */
function leadingNames(argument: string): string[] {
  const names: string[] = [];
  let end = 0;
  for (const { 0: written, 1: name = '', index } of argument.matchAll(placeholder)) {
    if (index !== end) break;
    names.push(name);
    end += written.length;
  }
  return names;
}
