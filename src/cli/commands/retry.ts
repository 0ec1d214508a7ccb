import type { Command } from 'commander';
import type { Lock } from '../../kinds/locks.ts';
import { rolloutLock } from '../../kinds/rollouts.ts';
import { actingPerson } from '../acting-person.ts';
import { withConnections, type Connections } from '../connections.ts';
import { commandsOf } from '../families/families.ts';
import type { RunRegistry } from '../registry.ts';
import { readLastSpec } from '../rollouts/last-spec.ts';
import { givenAgain } from '../runs/given-run.ts';
import { lastSpecOf } from '../runs/last-spec.ts';
import { startRollout } from '../rollouts/start-rollout.ts';
import type { ServiceName } from '../service-name.ts';
import { tracedCommand } from '../traced-command.ts';
import { openRunUnder } from '../runs/open-run.ts';
import { noOpenRun, reportSent, sendToRun } from '../runs/send-to-run.ts';
import { announceStart } from '../rollouts/announce-start.ts';
import { resolvedSpec } from './resolved-spec.ts';
import { namedRun } from './run-command.ts';
import { verbCommand, type VerbOptions } from './verbs.ts';

export function createRetryCommand(registry: RunRegistry): Command {
  const { kinds } = registry;
  return verbCommand('retry', kinds)
    .summary('try a failed undo or a stuck promotion again, or start a closed run again')
    .description(
      'Try a failed undo or a stuck promotion of the open run again. Without an open run: start ' +
        'the spec of the last one again.',
    )
    .action((typed: string, options: VerbOptions) =>
      tracedCommand('retry', () =>
        withConnections(async (to) => {
          const run = await namedRun(typed, options, kinds, to, 'retry');
          const found = await openRunUnder(run, to);
          if (found !== undefined) {
            const sent = await sendToRun({ verb: 'retry', run, found, kinds }, options, to);
            reportSent('retry', run, sent, options.json);
          } else {
            if (options.run !== undefined) throw noOpenRun(run);
            if (run.lock === rolloutLock) {
              await startAgain({ environment: run.environment, service: run.name }, options, to);
            } else await startAnyAgain(run, options, registry, to);
          }
        }),
      ),
    );
}

async function startAgain(name: ServiceName, options: VerbOptions, to: Connections): Promise<void> {
  const asWritten = await readLastSpec(name, to);
  const started = await startRollout(await to.temporal(), {
    spec: resolvedSpec(asWritten, { source: 'the spec of the last rollout' }),
    asWritten,
    taskQueue: to.config.taskQueue,
    by: actingPerson(options.as),
    ...(options.why !== undefined && { why: options.why }),
  });
  await announceStart(started, name, to, options.json);
}

async function startAnyAgain(
  run: Lock,
  { as, why, json }: VerbOptions,
  registry: RunRegistry,
  to: Connections,
): Promise<void> {
  const asWritten = await lastSpecOf(run, registry.kinds, to);
  if (asWritten === undefined) throw noOpenRun(run);
  await (
    await commandsOf(run, registry.kinds)
  ).start(givenAgain(asWritten, registry), {
    file: 'the spec of the last run',
    ...(as !== undefined && { as }),
    ...(why !== undefined && { why }),
    ...(json !== undefined && { json }),
  });
}
