/** Writes deploy/grafana/<name>.json: run `npm run dashboards` after changing a dashboard. */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { renderDashboards } from './render.ts';

const folder = fileURLToPath(new URL('../../deploy/grafana/', import.meta.url));
await mkdir(folder, { recursive: true });
for (const [name, text] of Object.entries(await renderDashboards())) {
  await writeFile(`${folder}${name}`, text);
}
