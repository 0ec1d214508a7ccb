import { format } from 'prettier';
import { backupsDashboard } from './backups.ts';
import { chaosDashboard } from './chaos.ts';
import { recoveryDashboard } from './recovery.ts';
import { rolloutsDashboard } from './rollouts.ts';
import { workersDashboard } from './workers.ts';

export const dashboards = {
  'backups.json': backupsDashboard(),
  'chaos.json': chaosDashboard(),
  'recovery.json': recoveryDashboard(),
  'rollouts.json': rolloutsDashboard(),
  'workers.json': workersDashboard(),
};

/** The content of each file, by the file's name. */
export async function renderDashboards(): Promise<Record<string, string>> {
  const rendered: Record<string, string> = {};
  for (const [name, dashboard] of Object.entries(dashboards)) {
    rendered[name] = await format(JSON.stringify(dashboard), { parser: 'json', printWidth: 100 });
  }
  return rendered;
}
