import type { AlertAction, AlertResponse } from '../../contracts/rollouts/alerts.ts';

const did: Record<AlertAction, string> = {
  abort: 'Aborted the open rollout',
  undo: 'Undid the last promotion',
  none: 'No action',
};

/** What was done about an alert, as Markdown for the Web UI. */
export function renderAlert(response: AlertResponse): string {
  const { alert, action, reason, service, environment, version, ending } = response;
  const named = service === undefined ? '' : ` of ${environment}/${service}`;
  const what = `${did[action]}${named}${version === undefined ? '' : ` (${version})`}`;
  return [
    `**${oneLine(alert.name)}**, firing since ${new Date(alert.startsAtMs).toISOString()}`,
    `${what}: ${oneLine(reason)}.`,
    ...(alert.summary === undefined ? [] : [oneLine(alert.summary)]),
    ...(ending === undefined ? [] : [`Ended as ${ending.outcome}: ${oneLine(ending.reason)}`]),
  ].join('\n\n');
}

/** Texts of others stay in the line they are quoted in. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
