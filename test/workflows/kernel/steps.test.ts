import { expect, test } from 'vitest';
import type { RunStatus } from '../../../src/contracts/kernel/run.ts';
import type { Run } from '../../../workflows/kernel/run.ts';
import { failStep, planSteps, takeStep } from '../../../workflows/kernel/steps.ts';

/** As much of a run as steps need. */
function runWith(status: Pick<RunStatus, 'steps'>) {
  const kept = status as RunStatus;
  const run = { status: kept, enterPhase() {}, refresh() {}, workingPhase: () => 'working' };
  return run as unknown as Run;
}

const names = Array.from({ length: 450 }, (_, at) => `copy table ${at}`);

test('a run of very many steps keeps two hundred, also after it has continued as new', async () => {
  let run = runWith({ steps: [] });
  planSteps(run, names);
  expect(run.status.steps).toHaveLength(200);
  for (const [at, name] of names.entries()) {
    if (at % 100 === 99) {
      run = runWith(JSON.parse(JSON.stringify(run.status)) as RunStatus);
      planSteps(run, names);
    }
    await takeStep(run, name, ({ prove }) => {
      prove({ what: 'rows', source: name, value: 'x'.repeat(5_000) });
      return Promise.resolve();
    });
    expect(run.status.steps.length).toBeLessThanOrEqual(200);
  }
  const { steps, stepsLeftOut } = run.status;
  expect(stepsLeftOut).toBe(250);
  expect(steps.map(({ name }) => name)).toEqual(names.slice(250));
  expect(steps.every(({ state }) => state === 'done')).toBe(true);
  expect(JSON.stringify(steps).length).toBeLessThan(300_000);
});

test('a step that fails again and again keeps what was seen last', async () => {
  const run = runWith({ steps: [] });
  const fail = () => Promise.reject(new Error('it does not answer'));
  for (let at = 1; at <= 120; at += 1) {
    await takeStep(run, 'lead clients', fail).catch(() => undefined);
    failStep(run, 'lead clients', { what: 'failure', source: 'pool', value: `try ${at}` });
  }
  const [step] = run.status.steps;
  expect(step?.evidence).toHaveLength(50);
  expect(step?.evidence.at(-1)?.value).toBe('try 120');
});
