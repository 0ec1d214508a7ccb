import { statusQuery } from '../../src/contracts/kernel/messages.ts';
import type { RunStatus } from '../../src/contracts/kernel/run.ts';
import { eventually } from '../fixtures/eventually.ts';
import { blocked, held } from '../fixtures/scripted-activities.ts';
import type { ScriptedRun } from '../fixtures/scripted-rollouts.ts';
import { ScriptedStages, type Staged } from '../fixtures/scripted-stages.ts';
import { onStage } from './scenario.ts';

type Play = (stages: ScriptedStages, staged: Staged) => Promise<ScriptedRun>;

const plays: Record<string, Play> = {
  'canary-whose-experiment-passes': (stages, staged) => stages.start(staged),
  'canary-aborted-during-its-experiment': async (stages, staged) => {
    staged.hosts.isWatchOpen = true;
    const run = await stages.start(staged);
    const experiment = stages.rollouts.env.client.workflow.getHandle(staged.experimentId);
    await eventually(async () => {
      const { now } = await experiment.query<RunStatus>(statusQuery);
      if (!now.startsWith('watch for')) throw new Error(`its experiment is at ${now}`);
    });
    await run.send('abort', { by: 'ana', why: 'checkout is slow' });
    return run;
  },
  'canary-whose-experiment-is-inconclusive': async (stages, staged) => {
    staged.hosts.whileFaulted = { value: undefined } as never;
    staged.shop.script('watchHold', held('pass'), blocked);
    const run = await stages.start(staged);
    await eventually(() => stages.reportOf(staged));
    await run.until('inconclusive');
    await run.send('promote', { by: 'ana', stage: 20 });
    return run;
  },
};

export const stageScenarios = onStage<ScriptedStages, Play>(
  {
    open: (env) => ScriptedStages.on(env),
    play: async (stages, play) => {
      const run = await play(stages, await stages.stage());
      await run.report();
      return run.handle.workflowId;
    },
    close: (stages) => stages.stopWorkers(),
  },
  plays,
);
