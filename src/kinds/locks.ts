import type { KindDefinition, Subject } from './kind.ts';
import { rolloutLock } from './rollouts.ts';

/** A workflow ID, taken apart. */
export interface Lock extends Subject {
  lock: string;
}

/** The workflow ID under which a run about this subject must run. */
export function workflowIdOf({ lock }: Pick<KindDefinition, 'lock'>, subject: Subject): string {
  return `${lock}/${subject.environment}/${subject.name}`;
}

/** Undefined where the ID is no run's. */
export function parseWorkflowId(workflowId: string): Lock | undefined {
  const [lock, environment, name, ...more] = workflowId.split('/');
  return lock && environment && name && more.length === 0 ? { lock, environment, name } : undefined;
}

/** The ID under which everything that changes this service's release runs: it is the lock. */
export function rolloutWorkflowId(spec: { service: string; environment: string }): string {
  return workflowIdOf({ lock: rolloutLock }, { environment: spec.environment, name: spec.service });
}

const changeControlLock = 'change-control';

/** One workflow for each environment, which is all that its ID says. */
export function changeControlWorkflowId(environment: string): string {
  return `${changeControlLock}/${environment}`;
}

/** Undefined where the ID is no change control's. */
export function environmentOfChangeControl(workflowId: string): string | undefined {
  const [lock, environment, ...more] = workflowId.split('/');
  return lock === changeControlLock && environment && more.length === 0 ? environment : undefined;
}
