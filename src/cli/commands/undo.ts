import { InvalidArgumentError, Option, type Command } from 'commander';
import type { AnyKind } from '../../kinds/kind.ts';
import { rolloutLock } from '../../kinds/rollouts.ts';
import { targetOf, writtenRollback } from '../../specs/rollouts/written-spec.ts';
import { actingPerson } from '../acting-person.ts';
import { withConnections, type Connections } from '../connections.ts';
import { readLastSpec } from '../rollouts/last-spec.ts';
import { startRollout } from '../rollouts/start-rollout.ts';
import type { ServiceName } from '../service-name.ts';
import { tracedCommand } from '../traced-command.ts';
import { openRunUnder } from '../runs/open-run.ts';
import { noOpenRun, reportSent, sendToRun } from '../runs/send-to-run.ts';
import { announceStart } from '../rollouts/announce-start.ts';
import { resolvedSpec } from './resolved-spec.ts';
import { namedRun } from './run-command.ts';
import { verbCommand, type VerbOptions } from './verbs.ts';

interface UndoOptions extends VerbOptions {
  to?: number;
}

export function createUndoCommand(kinds: readonly AnyKind[]): Command {
  return verbCommand('undo', kinds)
    .summary('bring the release before this one back')
    .description(
      'Bring the release before this one back. An open rollout is undone; without one, a ' +
        'rollback to the kept revision is started.',
    )
    .addOption(
      new Option('--to <revision>', 'a kept revision (belay status lists them)').argParser(
        parseRevision,
      ),
    )
    .action((typed: string, options: UndoOptions) =>
      tracedCommand('undo', () =>
        withConnections(async (to) => {
          const run = await namedRun(typed, options, kinds, to, 'undo');
          const found = await openRunUnder(run, to);
          if (found !== undefined) {
            const toRevision = options.to === undefined ? {} : { toRevision: options.to };
            const order = { verb: 'undo', run, found, kinds, ...toRevision };
            reportSent('undo', run, await sendToRun(order, options, to), options.json);
          } else {
            if (options.run !== undefined || run.lock !== rolloutLock) throw noOpenRun(run);
            await rollBack({ environment: run.environment, service: run.name }, options, to);
          }
        }),
      ),
    );
}

async function rollBack(name: ServiceName, options: UndoOptions, to: Connections): Promise<void> {
  const asWritten = writtenRollback({
    ...name,
    target: targetOf(await readLastSpec(name, to)),
    ...(options.to !== undefined && { toRevision: options.to }),
  });
  const started = await startRollout(await to.temporal(), {
    spec: resolvedSpec(asWritten, { source: 'the rollback' }),
    asWritten,
    taskQueue: to.config.taskQueue,
    by: actingPerson(options.as),
    ...(options.why !== undefined && { why: options.why }),
  });
  await announceStart(started, name, to, options.json);
}

function parseRevision(text: string): number {
  const revision = Number(text);
  if (Number.isInteger(revision) && revision >= 1) return revision;
  throw new InvalidArgumentError('Write the number of a kept revision.');
}
