import { join } from 'node:path';
import type { Config } from '../../config/config.ts';
import { homeLayout } from '../../config/home.ts';
import type { UpRecord } from '../../embedded/up-record.ts';

/** What `belay up` shows once everything runs. */
export function renderUp(
  config: Pick<Config, 'home' | 'taskQueue'>,
  up: Pick<UpRecord, 'temporal' | 'platformUrl'>,
  stopWith: string,
): string {
  const rows: [string, string | undefined][] = [
    ['Temporal', up.temporal?.address],
    ['Web UI', up.temporal?.uiUrl],
    ['Platform', up.platformUrl],
    ['Worker', `polls task queue ${config.taskQueue}`],
    ['Data', config.home],
    ['Logs', join(homeLayout(config.home).logs, '*.log')],
    ['', ''],
    ['Deploy', 'belay deploy -f spec.yaml --watch'],
    ['See', 'belay list'],
    ['Check', 'belay doctor'],
    ['Stop', stopWith],
  ];
  const lines = rows.flatMap(([name, value]) =>
    value === undefined ? [] : [`  ${name.padEnd(10)}${value}`.trimEnd()],
  );
  return ['', 'Belay is up.', '', ...lines, ''].join('\n');
}
