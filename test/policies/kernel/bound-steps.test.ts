import { expect, test } from 'vitest';
import type { StepStatus } from '../../../src/contracts/kernel/run.ts';
import { boundSteps } from '../../../src/policies/kernel/bound-steps.ts';

const evidence = { what: 'rows', source: 'orders', atMs: 1, value: '7' };

function step(name: number, state: StepStatus['state'], proofs = 1): StepStatus {
  return { name: String(name), state, evidence: Array.from({ length: proofs }, () => evidence) };
}

const steps = (count: number, state: StepStatus['state'], proofs?: number) =>
  Array.from({ length: count }, (_, name) => step(name, state, proofs));

test('keeps the steps of a usual run as they are', () => {
  const usual = [step(1, 'done', 50), step(2, 'active', 3), step(3, 'pending', 0)];
  expect(boundSteps(usual)).toEqual({ steps: usual, leftOut: 0 });
});

test('leaves out the oldest that have ended, and none that is active', () => {
  const active = step(-1, 'active');
  const kept = boundSteps([active, ...steps(300, 'done'), step(300, 'active')]);
  expect(kept.leftOut).toBe(102);
  expect(kept.steps).toHaveLength(200);
  expect(kept.steps[0]).toBe(active);
  expect(kept.steps[1]?.name).toBe('102');
});

test('leaves out of very many planned steps those that come last: they are shown once they begin', () => {
  const kept = boundSteps([step(-1, 'active'), ...steps(500, 'pending')]);
  expect(kept.leftOut).toBe(0);
  expect(kept.steps.at(-1)?.name).toBe('198');
});

test('keeps of the oldest steps the last evidence alone where there is very much', () => {
  const { steps: kept } = boundSteps([...steps(20, 'done', 50), step(20, 'active', 50)]);
  expect(kept.map((each) => each.evidence.length).slice(9)).toEqual([
    ...Array.from({ length: 3 }, () => 1),
    ...Array.from({ length: 9 }, () => 50),
  ]);
  expect(kept.reduce((sum, each) => sum + each.evidence.length, 0)).toBeLessThanOrEqual(500);
});
