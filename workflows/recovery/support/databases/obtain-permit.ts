import { scopesOfDatabase } from '../../../../src/policies/recovery/databases/scopes.ts';
import { takeStep } from '../../../kernel/steps.ts';
import type { DatabaseRun } from './database-run.ts';

/** Asks change control: everything else that works on the database is stopped, or in the way. */
export async function obtainPermit<Spec>(run: DatabaseRun<Spec>): Promise<void> {
  const { family, kind } = run.kind;
  const { environment } = run.plan;
  await takeStep(run, 'ask change control', async ({ prove }) => {
    const order = { environment, family, kind, scopes: scopesOfDatabase(run.plan) };
    await run.permit.obtain(order, run.settings, run.note);
    prove({ what: 'permit', source: 'change control', value: 'granted' });
  });
}
