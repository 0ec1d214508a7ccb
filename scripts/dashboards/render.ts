import { format } from 'prettier';
import { rolloutsDashboard } from './rollouts.ts';
import { workersDashboard } from './workers.ts';

export const dashboards = {
  'rollouts.json': rolloutsDashboard(),
  'workers.json': workersDashboard(),
};

/** By the name of its file, each as it is kept. */
export async function renderDashboards(): Promise<Record<string, string>> {
  const rendered: Record<string, string> = {};
  for (const [name, dashboard] of Object.entries(dashboards)) {
    rendered[name] = await format(JSON.stringify(dashboard), { parser: 'json', printWidth: 100 });
  }
  return rendered;
}
