import { describeRun } from '../../adapters/temporal/describe-run.ts';
import { readStart } from '../../adapters/temporal/read-start.ts';
import { listReports } from '../../contracts/rollouts/list-reports.ts';
import { rolloutWorkflowId } from '../../kinds/locks.ts';
import { writtenSpec, type WrittenSpec } from '../../specs/rollouts/written-spec.ts';
import type { Connections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import type { ServiceName } from '../service-name.ts';

/** The spec of the newest rollout as it was written: from Temporal, else from the ledger. */
export async function readLastSpec(name: ServiceName, to: Connections): Promise<WrittenSpec> {
  const client = await to.temporal();
  const workflowId = rolloutWorkflowId(name);
  const run = await describeRun(client, workflowId);
  if (run) {
    const { input } = await readStart(client, { workflowId, runId: run.runId });
    const [asWritten] = input;
    if (asWritten !== undefined) return writtenSpec(asWritten);
  }
  const [newest] = await listReports(to.ledger, { ...name, limit: 1 });
  if (newest?.spec !== undefined) return writtenSpec(newest.spec);
  throw new CliFailure(
    exitCodes.badInput,
    `No rollout of ${name.environment}/${name.service} is known here, so there is no spec to start again. ` +
      'Start one with: belay deploy -f SPEC',
  );
}
