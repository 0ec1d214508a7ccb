import { describeRun } from '../../adapters/temporal/describe-run.ts';
import { listedRun } from '../../adapters/temporal/list-runs.ts';
import { rolloutWorkflowId } from '../../kinds/locks.ts';
import { listReports } from '../../contracts/rollouts/list-reports.ts';
import type { RolloutReport } from '../../contracts/rollouts/report.ts';
import type { RolloutStatus } from '../../contracts/rollouts/status.ts';
import type { Connections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import type { ServiceName } from '../service-name.ts';
import { withHoldProgress } from './hold-progress.ts';
import { queryStatus } from '../runs/query-status.ts';
import { readEnd } from './rollout-end.ts';
import { isWorkerAway } from '../runs/unanswered.ts';
import { missingWorker } from '../runs/worker-version.ts';

/** The open rollout of a service, or how the last one ended; empty where there has been none. */
export interface KnownRollout {
  rollout?: RolloutStatus;
  report?: RolloutReport;
  /** Why the last run has no report; `report` is then the newest of the ledger. */
  unreported?: string;
}

export async function readKnownRollout(name: ServiceName, to: Connections): Promise<KnownRollout> {
  const client = await to.temporal();
  const run = await describeRun(client, rolloutWorkflowId(name));
  if (run?.status.name === 'RUNNING') {
    const { version, phase } = listedRun(run);
    try {
      const status = await queryStatus<RolloutStatus>(client, run.workflowId);
      const { loadedDataConverter } = client.options;
      return { rollout: await withHoldProgress(status, run, loadedDataConverter) };
    } catch (error) {
      if (!isWorkerAway(error)) throw error;
      throw new CliFailure(
        exitCodes.unreachable,
        `The rollout of ${name.environment}/${name.service} to ${version} is open (last known: ` +
          `${phase}), but ${missingWorker(run)}`,
        { cause: error },
      );
    }
  }
  const end = run && (await readEnd(client, to.ledger, name, run));
  const [report] =
    end?.kind === 'report' ? [end.report] : await listReports(to.ledger, { ...name, limit: 1 });
  return {
    ...(report && { report }),
    ...(end?.kind === 'unreported' && { unreported: `${end.state}: ${end.reason}` }),
  };
}
