import { expect, it } from 'vitest';
import { backupPlan } from '../../../src/cli/backups/backup-plan.ts';
import { readGivenPlan } from '../../../src/cli/plans/given-plan.ts';
import { everyRun } from '../../../src/cli/registry.ts';

const plan = `kind: backup
environment: demo
backup: shop
agent: local
components:
  uploads: { files: { paths: [uploads] }, repositories: [files] }
`;

it('names the line of what is in the file, and no line of what was typed', async () => {
  const registry = await everyRun.load();
  const read = () =>
    readGivenPlan(
      { text: plan, file: 'plan.yaml' },
      { of: backupPlan, kind: 'restore' },
      { to: '2026-12-24T17:00' },
      registry,
    );
  expect(read).toThrow(
    /^plan\.yaml: 2 problems\n {2}--to-time: .*\n {2}line 6, components\.uploads/,
  );
});
