import type { KindDefinition } from '../../../src/kinds/kind.ts';
import { runPhases, type RunPhase } from '../../../src/kinds/run-phases.ts';
import { runVerbs, type RunVerb } from '../../../src/kinds/run-verbs.ts';
import type { LampsSpec } from './spec.ts';

/** Lights the lamps of a board one after the other. */
export const lampsKind: KindDefinition<LampsSpec, RunPhase, RunVerb> = {
  family: 'toys',
  kind: 'lamps',
  workflowType: 'lightLamps',
  lock: 'lamps',
  subjectName: 'board',
  subject: ({ environment, board }) => ({ environment, name: board }),
  whenOpen: 'refuse',
  schedulable: true,
  phases: runPhases,
  verbs: runVerbs,
  successes: ['Lit'],
};
