import type { ScriptedRun } from '../fixtures/scripted-rollouts.ts';
import { ScriptedStages, type Staged } from '../fixtures/scripted-stages.ts';
import { onStage } from './scenario.ts';

type Play = (stages: ScriptedStages, staged: Staged) => Promise<ScriptedRun>;

const plays: Record<string, Play> = {
  'canary-whose-experiment-passes': (stages, staged) => stages.start(staged),
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
