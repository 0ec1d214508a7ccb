import type { Command } from 'commander';
import { Option } from 'commander';
import { withConnections, type Connections } from '../connections.ts';
import { renderEnd } from '../render/end.ts';
import { paintFor } from '../render/page.ts';
import { print, printJsonLine } from '../output.ts';
import { followRollout, type Followed } from '../rollouts/follow-rollout.ts';
import { exitCodeOf } from '../rollouts/rollout-end.ts';
import { createServiceEye, viewService } from '../rollouts/view-service.ts';
import type { ServiceName } from '../service-name.ts';
import { createDisplay } from '../watch/display.ts';
import {
  examples,
  namedService,
  serviceCommand,
  type NamedServiceOptions,
} from './named-service.ts';

interface WatchOptions extends NamedServiceOptions {
  json?: boolean;
}

export function createWatchCommand(): Command {
  return serviceCommand('watch')
    .summary('follow a rollout live until it ends')
    .description(
      'Follow a rollout until it ends: progress, verdicts, measurements, replicas. Exits with 0 if it ' +
        'is promoted and with 1 if it is not. Ctrl-C leaves the rollout running.',
    )
    .addOption(new Option('--json', 'one status per change and the report, a JSON document a line'))
    .addHelpText('after', examples('belay watch shop', 'belay watch demo/shop && echo promoted'))
    .action((typed: string, { json, ...options }: WatchOptions) =>
      withConnections(async (to) => {
        const name = await namedService(typed, options, to);
        await watchRollout(name, {}, to, json);
      }),
    );
}

/** What shells make of SIGINT: neither promoted nor not. */
const interrupted = 130;

/** Shows the rollout until it ends, and leaves its exit code behind. */
export async function watchRollout(
  name: ServiceName,
  which: Pick<Followed, 'rolloutId' | 'makingWay'>,
  to: Connections,
  json = false,
): Promise<void> {
  const display = createDisplay(name, process.stdout, json);
  const read = createServiceEye(() => viewService(name, to));
  const leave = () => {
    display.leave();
    process.exit(interrupted);
  };
  process.once('SIGINT', leave);
  try {
    const followed = { name, ...which, everyMs: display.everyMs };
    for await (const sighting of followRollout(await to.temporal(), to.ledger, followed)) {
      if (sighting.kind !== 'closed') {
        display.show(sighting.kind === 'status' ? { ...sighting, service: read() } : sighting);
        continue;
      }
      display.done();
      if (json) printJsonLine(sighting.end);
      else print(renderEnd(sighting.end, name, paintFor(process.stdout, process.env)));
      process.exitCode = exitCodeOf(sighting.end);
    }
  } finally {
    process.off('SIGINT', leave);
  }
}
