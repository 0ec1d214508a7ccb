import { expect, it } from 'vitest';
import { meshPod } from '../../../fixtures/scripted-mesh.ts';
import { ScriptedRun } from '../../../fixtures/scripted-rollouts.ts';
import { experimentOn, ScriptedStages } from '../../../fixtures/scripted-stages.ts';
import { useStarted } from '../../../fixtures/use-started.ts';

const stages = useStarted(() => ScriptedStages.start());

it('a rollout that is aborted waits for as long as an outage may last, where Chaos Mesh does not take it back', async () => {
  const staged = await stages().stage();
  const { shop, hosts, experimentId } = staged;
  hosts.isWatchOpen = true;
  hosts.mesh.pods = ['a', 'b'].map((name) => meshPod(name));
  const pods = { namespace: hosts.name, labels: { app: 'web' }, means: 'chaosMesh' };
  const experiment = {
    ...{ ...experimentOn(hosts), target: { pods } },
    ...{ fault: { type: 'outage' }, duration: '10m' },
  };
  const run = await stages().start(staged, { stages: [{ weight: 20, hold: '50ms', experiment }] });
  await run.until('experimenting');
  const made = new ScriptedRun(stages().rollouts.env, { workflowId: experimentId });
  await made.untilStatus('faulted', ({ now }) => now.startsWith('watch'));
  hosts.mesh.isAlive = false;
  await run.send('abort', { by: 'ana' });
  const report = await run.report();
  expect(report).toMatchObject({ outcome: 'Aborted' });
  const { outcome, reason } = report.details.stages[0]?.experiment ?? {};
  expect(outcome).toBe('Lost');
  expect(reason).toMatch(/^it had not ended 13m after it was stopped; Chaos Mesh ends its outages/);
  expect(shop.acts.slice(-3)).toEqual(['restoreStable', 'removeCanary', 'letGoOfService']);
  await stages().rollouts.env.client.workflow.getHandle(experimentId).terminate();
});
