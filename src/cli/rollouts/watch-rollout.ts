import type { RolloutStatus } from '../../contracts/rollouts/status.ts';
import type { Connections } from '../connections.ts';
import { print, printJsonLine } from '../output.ts';
import { renderEnd } from '../render/end.ts';
import { paintFor } from '../render/page.ts';
import { renderWatchFrame } from '../render/status-page.ts';
import { renderWatchLine, type Watched } from '../render/watch-line.ts';
import type { Followed } from '../runs/follow-run.ts';
import type { ServiceName } from '../service-name.ts';
import { showUntilEnd } from '../watch/show-until-end.ts';
import { followRollout } from './follow-rollout.ts';
import { exitCodeOf, type RolloutEnd } from './rollout-end.ts';
import { createServiceViewer, viewService } from './view-service.ts';

/** Shows the rollout until it ends, and leaves its exit code behind. */
export async function watchRollout(
  name: ServiceName,
  followed: Followed,
  to: Connections,
  json = false,
): Promise<void> {
  const client = await to.temporal();
  const read = createServiceViewer(() => viewService(name, to));
  await showUntilEnd<RolloutStatus, RolloutEnd, Watched>({
    name: `${name.environment}/${name.service}`,
    noun: 'rollout',
    json,
    frame: ({ status, service }, page) => renderWatchFrame(status, page, service),
    line: renderWatchLine,
    follow: (everyMs) => followRollout(client, to.ledger, { name, ...followed, everyMs }),
    watched: (status) => ({ status, service: read() }),
    showEnd: (end) => {
      if (json) printJsonLine(end);
      else print(renderEnd(end, name, paintFor(process.stdout, process.env)));
    },
    exitCodeOf,
  });
}
