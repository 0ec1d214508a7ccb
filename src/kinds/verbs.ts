import type { AnyKind, VerbDefinition } from './kind.ts';

export function kindsWithVerb(kinds: readonly AnyKind[], verb: string): AnyKind[] {
  return kinds.filter((kind) => Object.hasOwn(kind.verbs, verb));
}

/** What a kind makes of a verb; undefined where it has none of this name. */
export function verbOf({ verbs }: AnyKind, verb: string): VerbDefinition | undefined {
  const known: Readonly<Record<string, VerbDefinition>> = verbs;
  return Object.hasOwn(known, verb) ? known[verb] : undefined;
}

/** Every verb that any of these kinds has, in the order in which they say it. */
export function verbsOf(kinds: readonly AnyKind[]): string[] {
  return [...new Set(kinds.flatMap(({ verbs }) => Object.keys(verbs)))];
}

/** These have commands of their own, which also start something where no run is open. */
const withOtherCommands: readonly string[] = ['retry', 'undo'];

/** The verbs whose commands send the verb and do nothing else, and stand below no other; those that end the run come last. */
export function verbsWithPlainCommands(kinds: readonly AnyKind[]): string[] {
  const endsRun = (verb: string) => kinds.some((kind) => verbOf(kind, verb)?.endsRun === true);
  const isBelow = (verb: string) => kinds.some((kind) => verbOf(kind, verb)?.below !== undefined);
  return verbsOf(kinds)
    .filter((verb) => !withOtherCommands.includes(verb) && !isBelow(verb))
    .toSorted((one, other) => Number(endsRun(one)) - Number(endsRun(other)));
}
