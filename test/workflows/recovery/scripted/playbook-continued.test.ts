import { afterAll, beforeAll, expect, it } from 'vitest';
import { restart, scale } from '../../../fixtures/playbook-steps.ts';
import { longestStartMs } from '../../../fixtures/scripted-rollouts.ts';
import { ScriptedPlaybooks } from '../../../fixtures/scripted-playbooks.ts';

let playbooks: ScriptedPlaybooks;

beforeAll(async () => {
  playbooks = await ScriptedPlaybooks.start();
}, longestStartMs);

afterAll(() => playbooks.stop(), 20_000);

it('a playbook that continued as new stays paused, and goes on where it was', async () => {
  const ended = { name: 'first', state: 'done', evidence: [], startedAtMs: 1, endedAtMs: 2 };
  const run = await playbooks.run(
    { steps: [scale('web', 8, { id: 'first' }), restart({ id: 'next' })] },
    'playbook',
    {
      ...{ runRef: 'run@1', startedAtMs: 1, fenceStep: 5, undos: [], people: [], notes: [] },
      steps: [ended, { name: 'next', state: 'pending', evidence: [] }],
      state: {
        ...{ next: 1, isPastReturn: false, pausedBy: 'ana' },
        ...{ results: { first: { state: 'done' } }, groups: {}, before: {}, armed: {} },
      },
    },
  );
  const { now, steps } = await run.until(({ phase }) => phase === 'paused');
  expect(now).toBe('Paused before next by ana. Answer with resume');
  expect(steps.map(({ state }) => state)).toEqual(['done', 'pending']);
  await run.send('resume');
  expect(await run.report()).toMatchObject({ outcome: 'Complete', runRef: 'run@1' });
  expect(playbooks.target.acts.join()).not.toContain('= 8');
});
