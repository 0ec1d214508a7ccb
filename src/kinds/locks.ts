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
