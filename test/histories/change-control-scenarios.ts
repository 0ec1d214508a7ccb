import {
  changeControlMessages,
  giveBackSignal,
  type PermitRequest,
} from '../../src/contracts/kernel/change-control.ts';
import { ChangeControlBench } from '../fixtures/change-control-bench.ts';
import { eventually } from '../fixtures/eventually.ts';
import { onStage } from './scenario.ts';

type Play = (bench: ChangeControlBench) => Promise<void>;

/** As a run about a plan of backups asks: for its repository and, where it writes there, for its database. */
function requestOf(kind: string, scopes: PermitRequest['scopes']): PermitRequest {
  const workflowId = `${kind}/prod/shop`;
  const firstRunId = `first-run-of-${kind}`;
  return {
    runRef: `${workflowId} ${firstRunId}`,
    family: 'backups',
    kind,
    workflowId,
    firstRunId,
    scopes,
  };
}

const repository = { of: 'repository', name: 'main' } as const;
const backup = requestOf('backup', [{ of: 'database', name: 'main' }, repository]);
const retention = requestOf('backupRetention', [repository]);
const restore = requestOf('restore', [{ of: 'database', name: 'main' }, repository]);

const plays: Record<string, Play> = {
  'change-control-of-backups': async (bench) => {
    await bench.ask(backup);
    await bench.ask(retention);
    await bench.handle.signal(giveBackSignal, { runRef: backup.runRef });
    await bench.ask({ ...retention, runRef: `${retention.runRef} again` });
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const freeze = { by: 'ana', why: 'the move of the repository', until };
    await bench.handle.executeUpdate(changeControlMessages.freeze, { args: [freeze] });
    await bench.ask(restore);
    await bench.handle.executeUpdate(changeControlMessages.thaw, { args: [{ by: 'ana' }] });
  },
};

/** Change control itself, as runs and people ask it. It never ends by itself. */
export const changeControlScenarios = onStage<ChangeControlBench, Play>(
  {
    open: (env) => ChangeControlBench.start(env),
    play: async (bench, play) => {
      await play(bench);
      await eventually(() => bench.state());
      await bench.handle.terminate('the scenario is over');
      return bench.handle.workflowId;
    },
    close: (bench) => bench.stopWorker(),
  },
  plays,
);
