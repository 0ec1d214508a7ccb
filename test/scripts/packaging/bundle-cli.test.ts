import path from 'node:path';
import { expect, it } from 'vitest';
import { loadedFor } from '../../../scripts/packaging/bundle-cli.ts';

const root = path.resolve(import.meta.dirname, '../../..');

it('loads no schemas of specs, no client of Temporal and none of PostgreSQL for a list of past runs', async () => {
  const loaded = await loadedFor(root, 'history');
  expect(loaded).toContain('src/cli/commands/history.ts');
  const slow = /specs\/\w+\/resolve|@temporalio|node_modules\/(pg|yaml|nodemailer)\/|kubernetes/;
  expect(loaded.filter((file) => slow.test(file))).toEqual([]);
  expect(loaded.filter((file) => file.includes('zod/v4/locales')).length).toBeLessThan(3);
});

it('loads no client of Temporal, no specs of other families and no YAML for a list of backups', async () => {
  const loaded = await loadedFor(root, 'backup');
  expect(loaded).toContain('src/cli/backups/catalogue-commands.ts');
  const slow =
    /specs\/(rollouts|recovery)\/|@temporalio|node_modules\/(pg|yaml|nodemailer)\/|kubernetes/;
  expect(loaded.filter((file) => slow.test(file))).toEqual([]);
});
