import { reach, refused, restart, scale } from '../fixtures/playbook-steps.ts';
import type { ScriptedRun } from '../fixtures/scripted-run.ts';
import { ScriptedPlaybooks } from '../fixtures/scripted-playbooks.ts';
import { ScriptedTarget } from '../fixtures/scripted-target.ts';
import { onStage } from './scenario.ts';

type Play = (
  target: ScriptedTarget,
  run: (spec: object, kind?: 'playbookRehearsal') => Promise<ScriptedRun>,
) => Promise<ScriptedRun>;

const plays: Record<string, Play> = {
  'playbook-with-outputs-and-branches': (target, run) => {
    const down = { passed: false, outputs: { status: 503 } };
    // Whoever died with the answer asks once more.
    target.script('http.get', down, down);
    return run({
      inputs: { factor: { type: 'number', default: 2 } },
      steps: [
        reach({ id: 'up', onFailure: 'continue' }),
        restart({ when: 'steps.up.passed' }),
        { parallel: [scale('web', '${inputs.factor * 2}', { id: 'more' }), scale('api', 5)] },
        { notify: { text: 'web has ${steps.more.replicas}' } },
      ],
    });
  },
  'playbook-that-is-undone': (target, run) => {
    target.script('kubernetes.restart', refused);
    return run({ onFailure: 'undo', steps: [scale('web', 8), scale('api', 9), restart()] });
  },
  'playbook-retried-by-a-person': async (target, run) => {
    target.script('kubernetes.restart', refused);
    const started = await run({ steps: [scale('web', 8), restart()] });
    await started.until(({ phase }) => phase === 'held');
    await started.send('retry');
    return started;
  },
  'rehearsed-playbook': (_, run) =>
    run({ steps: [reach(), scale('web', 8), restart()] }, 'playbookRehearsal'),
};

/** They continue as new. */
const longPlays: Record<string, Play> = {
  'long-playbook-that-is-undone': (target, run) => {
    target.script('kubernetes.restart', refused);
    const steps = Array.from({ length: 8 }, (_, index) => scale('web', index + 4));
    return run({ onFailure: 'undo', steps: [...steps, restart()] });
  },
};

const stage = {
  open: (env: Parameters<typeof ScriptedPlaybooks.on>[0]) => ScriptedPlaybooks.on(env),
  play: async (playbooks: ScriptedPlaybooks, play: Play, name: string) => {
    playbooks.target = new ScriptedTarget();
    const run = await play(playbooks.target, (spec, kind) =>
      playbooks.run(spec, kind, undefined, name),
    );
    await run.report();
    return run.handle.workflowId;
  },
  left: ({ target: { replicas, acts } }: ScriptedPlaybooks) => ({
    ...{ replicas, acts: [...new Set(acts)].toSorted() },
  }),
  close: (playbooks: ScriptedPlaybooks) => playbooks.stopWorkers(),
};

export const playbookScenarios = onStage(stage, plays);
export const longPlaybookScenarios = onStage(stage, longPlays);
