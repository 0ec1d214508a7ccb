import { Command, InvalidArgumentError, Option } from 'commander';
import type { AnyKind } from '../../kinds/kind.ts';
import type { Lock } from '../../kinds/locks.ts';
import { familiesOf, locksOf, selectKinds, type KindFilter } from '../../kinds/select-kinds.ts';
import { kindsWithVerb, verbsOf } from '../../kinds/verbs.ts';
import { offerKnown } from '../../specs/kernel/known-keys.ts';
import { commandName } from '../../kinds/command-name.ts';
import type { Connections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { parseRunName } from '../runs/run-name.ts';
import { environmentOption } from './named-service.ts';

export interface NamedRunOptions extends KindFilter {
  environment?: string;
}

/** A command about one run of any of these kinds. */
export function runCommand(name: string, kinds: readonly AnyKind[]): Command {
  return withKindOptions(
    new Command(name)
      .argument('<run>', 'NAME, ENVIRONMENT/NAME, or a workflow ID such as rollout/demo/shop')
      .addOption(environmentOption()),
    kinds,
  );
}

/** `--kind` and `--family`, which refuse unknown names. */
export function withKindOptions(command: Command, kinds: readonly AnyKind[]): Command {
  const names = kinds.map(({ kind }) => kind);
  const families = familiesOf(kinds);
  return command
    .addOption(
      new Option('--kind <kind>', 'only of this kind')
        .choices(names)
        .argParser(oneOf(names, 'there is no such kind of run')),
    )
    .addOption(
      new Option('--family <family>', 'only of this family')
        .choices(families)
        .argParser(oneOf(families, 'there is no such family of kinds')),
    );
}

function oneOf(known: readonly string[], complaint: string) {
  return (given: string): string => {
    if (known.includes(given)) return given;
    throw new InvalidArgumentError(`${complaint}; ${offerKnown(given, known)}.`);
  };
}

/** The kinds that both options leave. */
export function chosenKinds(kinds: readonly AnyKind[], filter: KindFilter): AnyKind[] {
  const chosen = selectKinds(kinds, filter);
  if (chosen.length > 0) return chosen;
  const { kind, family } = filter;
  const own = kinds.find((each) => each.kind === kind)?.family;
  throw new CliFailure(
    exitCodes.badInput,
    `--kind ${kind} belongs to the family ${own}, not to ${family}: leave one of the two out.`,
  );
}

/** The run that was named, of one of these kinds, and of one that has the verb. */
export async function namedRun(
  typed: string,
  { environment, ...filter }: NamedRunOptions,
  kinds: readonly AnyKind[],
  to: Connections,
  verb?: string,
): Promise<Lock> {
  const able = verb === undefined ? kinds : kindsWithVerb(kinds, verb);
  const chosen = chosenKinds(able, filter);
  const named = parseRunName(typed, { environment, kinds });
  if (verb !== undefined && named.lock !== undefined && !locksOf(able).includes(named.lock)) {
    const verbs = verbsOf(kinds.filter(({ lock }) => lock === named.lock)).map(commandName);
    throw new CliFailure(
      exitCodes.badInput,
      `"${typed}" cannot be told to ${commandName(verb)}; its kind takes ${verbs.join(', ')}.`,
    );
  }
  if (named.lock !== undefined && !locksOf(chosen).includes(named.lock)) {
    const only = filter.kind === undefined ? `--family ${filter.family}` : `--kind ${filter.kind}`;
    throw new CliFailure(
      exitCodes.badInput,
      `"${typed}" is left out by ${only}: drop one of them.`,
    );
  }
  const { findRun } = await import('../runs/find-run.ts');
  return findRun(named, chosen, to);
}
