import type { StepStatus } from '../../contracts/kernel/run.ts';

/** Every status, report and continuation carries the steps, and Temporal takes 2 MB. */
const mostSteps = 200;
const mostEvidence = 500;

/**
 * What a run keeps of its steps: the oldest that have ended are left out, and of those that follow the last
 * evidence alone is kept. Steps that are active are kept as they are, and are the same objects.
 */
export function boundSteps(steps: readonly StepStatus[]): {
  steps: StepStatus[];
  /** How many that had ended. */
  leftOut: number;
} {
  let leftOut = 0;
  const recent = steps.filter((step) => {
    const isLeftOut = hasEnded(step) && leftOut < steps.length - mostSteps;
    if (isLeftOut) leftOut += 1;
    return !isLeftOut;
  });
  return { steps: withLessEvidence(withoutLatestPlans(recent)), leftOut };
}

/** They are added again once they begin. */
function withoutLatestPlans(steps: readonly StepStatus[]): StepStatus[] {
  const planned = steps.filter(({ state }) => state === 'pending');
  const tooMany = Math.max(0, steps.length - mostSteps);
  const latest = new Set(planned.slice(Math.max(0, planned.length - tooMany)));
  return steps.filter((step) => !latest.has(step));
}

function withLessEvidence(steps: readonly StepStatus[]): StepStatus[] {
  let tooMuch = steps.reduce((sum, { evidence }) => sum + evidence.length, 0) - mostEvidence;
  return steps.map((step) => {
    const { evidence } = step;
    if (tooMuch <= 0 || evidence.length < 2 || !hasEnded(step)) return step;
    tooMuch -= evidence.length - 1;
    return { ...step, evidence: evidence.slice(-1) };
  });
}

function hasEnded({ state }: StepStatus): boolean {
  return state !== 'pending' && state !== 'active';
}
