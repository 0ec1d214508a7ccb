import type { Connections } from '../connections.ts';
import { print, printJson, remark } from '../output.ts';
import type { StartedRollout } from './start-rollout.ts';
import { webLink } from '../runs/web-link.ts';
import type { ServiceName } from '../service-name.ts';

/** Says what was started, where to look at it, and what to do next. */
export async function announceStart(
  started: StartedRollout,
  { environment, service }: ServiceName,
  to: Connections,
  json = false,
): Promise<void> {
  const { workflowId, runId, receipt } = started;
  const webUrl = await webLink(to.config, started);
  if (json) {
    printJson({ workflowId, runId, webUrl, ...receipt, takenUp: receipt !== undefined });
    return;
  }
  const name = `${environment}/${service}`;
  print(
    [
      headline(started, name),
      `  workflow  ${workflowId}`,
      ...(webUrl === undefined ? [] : [`  web       ${webUrl}`]),
      `  follow    belay watch ${name}`,
      `  stop      belay abort ${name}`,
    ].join('\n'),
  );
  if (!receipt) {
    remark(
      'No answer within 10 s: it starts when a worker runs (belay worker) and change control answers ' +
        `(belay freezes ${environment}).`,
    );
  }
}

function headline({ receipt }: StartedRollout, name: string): string {
  if (!receipt) return `The rollout of ${name} is recorded`;
  return receipt.superseding === undefined
    ? `The rollout of ${name} has started: ${receipt.rolloutId}`
    : `Rollout ${receipt.superseding} of ${name} makes way for this one`;
}
