import { join } from 'node:path';
import type { Config } from '../../config/config.ts';
import { homeLayout } from '../../config/home.ts';
import type { UpRecord } from '../../embedded/up-record.ts';
import { print, printJson } from '../output.ts';
import { describeLocalUsers } from './local-users.ts';

type Running = Pick<UpRecord, 'temporal' | 'platformUrl' | 'gateway'>;
type Place = Pick<Config, 'home' | 'taskQueue'>;

interface Shown {
  config: Place;
  options: { json?: boolean };
  stopWith: string;
}

/** What `belay up` shows once everything runs. */
export function showUp(up: Running, { config, options, stopWith }: Shown): void {
  if (options.json) printJson(describeUp(config, up));
  else print(renderUp(config, up, stopWith));
}

function describeUp({ home, taskQueue }: Place, { temporal, platformUrl, gateway }: Running) {
  return {
    temporal,
    platform: { url: platformUrl },
    worker: { taskQueue },
    agent: { settings: homeLayout(home).agentSettings },
    gateway: gateway && { ...gateway, alerts: alertsUrl(gateway) },
    home,
    logs: homeLayout(home).logs,
    warnings: warningsOf(temporal),
  };
}

function renderUp({ home, taskQueue }: Place, up: Running, stopWith: string): string {
  const { temporal, platformUrl, gateway } = up;
  const rows: [string, string | undefined][] = [
    ['Temporal', temporal?.address],
    ['Web UI', temporal?.uiUrl],
    ['Platform', platformUrl],
    ['Worker', `polls task queue ${taskQueue}`],
    ['Agent', `may do what ${homeLayout(home).agentSettings} allows`],
    ['Gateway', gateway?.url],
    ['Data', home],
    ['Logs', join(homeLayout(home).logs, '*.log')],
    ['', ''],
    ['Deploy', 'belay deploy -f spec.yaml --watch'],
    ['See', 'belay list'],
    ['Alert', gateway && alertCommand(gateway)],
    ['Check', 'belay doctor'],
    ['Stop', stopWith],
  ];
  const lines = rows.flatMap(([name, value]) =>
    value === undefined ? [] : [`  ${name.padEnd(10)}${value}`.trimEnd()],
  );
  return ['', 'Belay is up.', '', ...lines, '', ...renderWarnings(temporal)].join('\n');
}

function warningsOf(temporal: Running['temporal']): string[] {
  return temporal?.uiUrl === undefined ? [] : [describeLocalUsers(temporal.address)];
}

/** Printed at every start. */
function renderWarnings(temporal: Running['temporal']): string[] {
  return warningsOf(temporal).flatMap((warning) => [
    ...warning.split(/(?<=: )/).map((line) => `  ${line.trim()}`),
    '  Only use `belay up` where you trust all of them.',
    '',
  ]);
}

/** What Alertmanager sends, as a person can send it. */
function alertCommand(gateway: NonNullable<Running['gateway']>): string {
  const { tokenFile } = gateway;
  const token = tokenFile === undefined ? '' : ` -H "Authorization: Bearer $(cat '${tokenFile}')"`;
  return `curl${token} -d @alert.json ${alertsUrl(gateway)}`;
}

function alertsUrl({ url }: { url: string }): string {
  return `${url}/v1/alerts`;
}
