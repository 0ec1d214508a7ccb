import { ApplicationFailure } from '@temporalio/workflow';
import { failureTypes } from '../../../../src/contracts/kernel/failures.ts';
import type { PlaybookSpec } from '../../../../src/specs/recovery/playbook.ts';
import { takeStep } from '../../../kernel/steps.ts';
import type { PlaybookRun } from './playbook-run.ts';

/** A playbook that says what it touches asks change control. An emergency does not wait for one that is away. */
export async function obtainPlaybookPermit(
  run: PlaybookRun<PlaybookSpec>,
  { environment, touches }: PlaybookSpec,
): Promise<void> {
  if (touches.length === 0) return;
  const { family, kind } = run.kind;
  const order = { ...{ environment, family, kind }, scopes: touches };
  await takeStep(run, 'permit', async ({ prove }) => {
    try {
      await run.permit.obtain(order, run.settings, run.note);
      prove({ what: 'permit', source: 'change control', value: 'granted' });
    } catch (error) {
      if (!isAway(error)) throw error;
      run.note(`${error.message}; the playbook went on without a permit`);
      prove({ what: 'permit', source: 'change control', value: 'no answer' });
    }
  });
}

function isAway(error: unknown): error is ApplicationFailure {
  return (
    error instanceof ApplicationFailure && error.type === failureTypes.changeControlUnavailable
  );
}
