import { join } from 'node:path';
import type { Config } from '../../config/config.ts';
import { homeLayout } from '../../config/home.ts';
import type { UpRecord } from '../../embedded/up-record.ts';
import { print, printJson } from '../output.ts';

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
    gateway: gateway && { ...gateway, alerts: alertsUrl(gateway) },
    home,
    logs: homeLayout(home).logs,
  };
}

function renderUp({ home, taskQueue }: Place, up: Running, stopWith: string): string {
  const { temporal, platformUrl, gateway } = up;
  const rows: [string, string | undefined][] = [
    ['Temporal', temporal?.address],
    ['Web UI', temporal?.uiUrl],
    ['Platform', platformUrl],
    ['Worker', `polls task queue ${taskQueue}`],
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
  return ['', 'Belay is up.', '', ...lines, '', ...openTemporal(temporal), ''].join('\n');
}

/** Said at every start: it is what makes `belay up` unfit for a machine that others use, too. */
function openTemporal(temporal: Running['temporal']): string[] {
  if (temporal?.uiUrl === undefined) return [];
  return [
    `  Temporal at ${temporal.address} asks for no password: every user of this machine can start`,
    '  rollouts, and with them commands that run as you. Only use `belay up` where you trust them all.',
  ];
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
