import type { Doing, StepSpec } from './playbook-step.ts';
import type { WrittenStep } from './step-schema.ts';

const usualEveryMs = 5_000;

/** Steps that were judged, with their defaults. */
export function finishSteps(written: readonly WrittenStep[]): StepSpec[] {
  return written.map((step, index) => finishStep(step, usualId(index)));
}

/** Of a step that has none. */
export function usualId(index: number, within?: string): string {
  return within === undefined ? `step${index + 1}` : `${within}_${index + 1}`;
}

function finishStep(step: WrittenStep, usual: string): StepSpec {
  const { id = usual, name, when, mode, timeout, retry, onFailure, noReturn, undo } = step;
  return {
    id,
    ...(name !== undefined && { name }),
    ...(when !== undefined && { when }),
    ...(mode !== undefined && { mode }),
    ...(timeout !== undefined && { timeoutMs: timeout }),
    retry: { attempts: retry?.attempts ?? 1, everyMs: retry?.every ?? usualEveryMs },
    ...(onFailure !== undefined && { onFailure }),
    ...(noReturn && { noReturn }),
    requires: step.requires ?? {},
    ...(undo !== undefined && { undo }),
    does: doingOf(step, id),
  };
}

function doingOf(step: WrittenStep, id: string): Doing {
  const { probe, action, approval, wait, notify, parallel, use, with: given } = step;
  if (probe !== undefined) {
    const {
      expect,
      for: forMs = 0,
      within: withinMs = forMs,
      every: everyMs = usualEveryMs,
    } = step;
    return {
      ...{ kind: 'probe', probe, with: given, forMs, everyMs },
      withinMs: Math.max(withinMs, forMs),
      ...(expect !== undefined && { expect }),
    };
  }
  if (action !== undefined) return { kind: 'action', action, with: given };
  if (approval !== undefined) {
    const { by = [], need, message, timeout, onTimeout } = approval;
    return {
      ...{ kind: 'approval', by, need, message, onTimeout },
      ...(timeout !== undefined && { timeoutMs: timeout }),
    };
  }
  if (wait !== undefined) return { kind: 'wait', for: wait };
  if (notify !== undefined) return { kind: 'notify', ...notify };
  if (parallel !== undefined) {
    const steps = parallel.map((branch, index) => finishStep(branch, usualId(index, id)));
    return { kind: 'parallel', steps };
  }
  if (use !== undefined) return { kind: 'use', use, with: given };
  throw new Error(`step ${id} does nothing, although it was judged`);
}
