import { InvalidArgumentError, Option, type Command } from 'commander';
import { rolloutWorkflowId } from '../../kinds/locks.ts';
import { targetOf, writtenRollback } from '../../specs/rollouts/written-spec.ts';
import { actingPerson } from '../acting-person.ts';
import { withConnections, type Connections } from '../connections.ts';
import { readLastSpec } from '../rollouts/last-spec.ts';
import { describeRollout } from '../rollouts/read-rollout.ts';
import { startRollout } from '../rollouts/start-rollout.ts';
import type { ServiceName } from '../service-name.ts';
import { tracedCommand } from '../traced-command.ts';
import { namedService } from './named-service.ts';
import { announceStart } from './announce-start.ts';
import { resolvedSpec } from './resolved-spec.ts';
import { noOpenRollout, reportSent, sendToRun, verbCommand, type VerbOptions } from './verbs.ts';

interface UndoOptions extends VerbOptions {
  to?: number;
}

export function createUndoCommand(): Command {
  return verbCommand('undo')
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
          const name = await namedService(typed, options, to);
          const found = await describeRollout(await to.temporal(), rolloutWorkflowId(name));
          if (found?.status.name === 'RUNNING') {
            const sent = await sendToRun('undo', { name, found }, options, to, options.to);
            reportSent('undo', name, sent, options.json);
          } else {
            if (options.run !== undefined) throw noOpenRollout(name);
            await rollBack(name, options, to);
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
