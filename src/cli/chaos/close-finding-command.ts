import { Command, Option } from 'commander';
import { recordClosure, type FindingClosure } from '../../contracts/chaos/finding-closures.ts';
import { readFindings } from '../../contracts/chaos/read-findings.ts';
import type { AnyKind } from '../../kinds/kind.ts';
import type { ChaosFinding } from '../../policies/chaos/list-findings.ts';
import { actingPerson } from '../acting-person.ts';
import { environmentOption, examples } from '../commands/named-service.ts';
import { withConnections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { print, printJson } from '../output.ts';
import { parseRunName, shortName, type TypedRun } from '../runs/run-name.ts';

interface CloseOptions {
  environment?: string;
  why: string;
  as?: string;
  json?: boolean;
}

/** For an experiment that is no more, or a finding that is accepted as it is. */
export function createCloseCommand(kinds: readonly AnyKind[]): Command {
  return new Command('close')
    .argument('<experiment>', 'NAME or ENVIRONMENT/NAME')
    .summary('close a finding without a run that passes')
    .description(
      'Close the finding of an experiment that will not be run again, or that is accepted as it is. It is ' +
        'not listed, and metrics and alerts leave it out, until a later run of the experiment does not pass.',
    )
    .addOption(environmentOption())
    .addOption(new Option('--why <text>', 'shown beside it').makeOptionMandatory())
    .addOption(new Option('--as <name>', 'who is acting (default: user@host)'))
    .addOption(new Option('--json', 'print it as JSON'))
    .addHelpText(
      'after',
      examples("belay chaos findings close staging/web-freezes --why 'the service was removed'"),
    )
    .action(async (typed: string, { json, why, as, environment }: CloseOptions) => {
      if (why.trim() === '') throw new CliFailure(exitCodes.badInput, '--why is empty: say why.');
      const named = parseRunName(typed, { environment, kinds });
      await withConnections(async ({ ledger }) => {
        const within = named.environment;
        const filter = within === undefined ? {} : { environment: within };
        const atMs = Date.now();
        const { experiment, runRef, ...found } = theOpenOne(
          await readFindings(ledger, filter, atMs),
          named,
        );
        const closure: FindingClosure = {
          ...{ environment: found.environment, experiment, runRef },
          ...{ by: actingPerson(as), why, atMs },
        };
        await recordClosure(ledger, closure);
        if (json) printJson(closure);
        else
          print(`The finding of ${found.environment}/${experiment} is closed (${found.outcome}).`);
      });
    });
}

function theOpenOne(findings: readonly ChaosFinding[], { name }: TypedRun): ChaosFinding {
  const [found, ...others] = findings.filter(
    ({ experiment, state }) => experiment === name && state !== 'closed',
  );
  if (found === undefined) {
    const message = `No finding of ${name} is open. See those that are with: belay chaos findings`;
    throw new CliFailure(exitCodes.badInput, message);
  }
  if (others.length === 0) return found;
  const names = [found, ...others].map((each) => shortName({ ...each, name: each.experiment }));
  throw new CliFailure(
    exitCodes.badInput,
    `${name} is in more than one environment; say which one: ${names.join(', ')}`,
  );
}
