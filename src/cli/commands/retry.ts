import type { Command } from 'commander';
import { rolloutWorkflowId } from '../../kinds/locks.ts';
import { actingPerson } from '../acting-person.ts';
import { withConnections, type Connections } from '../connections.ts';
import { readLastSpec } from '../rollouts/last-spec.ts';
import { describeRollout } from '../rollouts/read-rollout.ts';
import { startRollout } from '../rollouts/start-rollout.ts';
import type { ServiceName } from '../service-name.ts';
import { tracedCommand } from '../traced-command.ts';
import { announceStart } from './announce-start.ts';
import { namedService } from './named-service.ts';
import { resolvedSpec } from './resolved-spec.ts';
import { noOpenRollout, reportSent, sendToRun, verbCommand, type VerbOptions } from './verbs.ts';

export function createRetryCommand(): Command {
  return verbCommand('retry')
    .summary('try a failed undo or a stuck promotion again, or start a closed rollout again')
    .description(
      'Try a failed undo or a stuck promotion of the open rollout again. Without an open ' +
        'rollout: start the spec of the last one again.',
    )
    .action((typed: string, options: VerbOptions) =>
      tracedCommand('retry', () =>
        withConnections(async (to) => {
          const name = await namedService(typed, options, to);
          const found = await describeRollout(await to.temporal(), rolloutWorkflowId(name));
          if (found?.status.name === 'RUNNING') {
            const sent = await sendToRun('retry', { name, found }, options, to);
            reportSent('retry', name, sent, options.json);
          } else {
            if (options.run !== undefined) throw noOpenRollout(name);
            await startAgain(name, options, to);
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
