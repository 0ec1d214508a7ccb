import type { ExperimentDetails } from '../../src/contracts/chaos/details.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { chaosKinds } from '../../src/kinds/chaos.ts';
import { startRun } from '../../src/cli/runs/start-run.ts';
import { chaosExperimentSchema } from '../../src/specs/chaos/experiment.ts';
import type { MeasuredSystem } from '../system/measured-system.ts';

export const environment = 'bench';

type ExperimentReport = RunReport<ExperimentDetails>;

/** An open experiment. */
export interface StartedExperiment {
  abort(): Promise<void>;
  report(): Promise<ExperimentReport>;
}

/** A spec as its author writes it, without what all of them have here. */
export interface WrittenExperiment {
  experiment: string;
  services: string[];
  [key: string]: unknown;
}

/** Started as by `belay chaos run`. */
export async function startExperiment(
  { client, config }: Pick<MeasuredSystem, 'client' | 'config'>,
  written: WrittenExperiment,
): Promise<StartedExperiment> {
  const asWritten = { kind: 'chaosExperiment', environment, stopConditions: 'none', ...written };
  // With every problem, before anything is started.
  chaosExperimentSchema.parse(asWritten);
  const kind = chaosKinds.chaosExperiment;
  const started = await startRun(client, {
    ...{ kind, subject: kind.subject({ environment, experiment: written.experiment }), asWritten },
    ...{ taskQueue: config.taskQueue, by: 'bench' },
  });
  if (started.state === 'open') throw new Error(`${written.experiment} is open already`);
  const handle = client.workflow.getHandle(started.workflowId, started.runId);
  return {
    abort: async () => {
      await handle.executeUpdate('abort', {
        args: [{ by: 'bench', why: 'to see how long it takes' }],
      });
    },
    report: async () => (await handle.result()) as ExperimentReport,
  };
}
