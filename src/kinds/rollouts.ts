import type { KindDefinition } from './kind.ts';
import { rolloutPhases, type RolloutPhase } from './rollout-phases.ts';
import { rolloutVerbs, type Verb } from './rollout-verbs.ts';
import { workflowTypes, type SpecKind } from './workflow-types.ts';

type RolloutKind = KindDefinition<{ service: string; environment: string }, RolloutPhase, Verb>;

export const rolloutFamily = 'rollouts';

export const rolloutLock = 'rollout';

/** All kinds of rollouts share one lock, so that a service has one at a time. */
const rollouts: Omit<RolloutKind, 'kind' | 'workflowType'> = {
  family: rolloutFamily,
  lock: rolloutLock,
  subjectName: 'service',
  subject: ({ service, environment }) => ({ environment, name: service }),
  whenOpen: 'refuse',
  phases: rolloutPhases,
  verbs: rolloutVerbs,
  successes: ['Promoted', 'FastPromoted'],
};

export const rolloutKinds: Readonly<Record<SpecKind, RolloutKind>> = {
  canary: { ...rollouts, kind: 'canary', workflowType: workflowTypes.canary },
  blueGreen: { ...rollouts, kind: 'blueGreen', workflowType: workflowTypes.blueGreen },
  rolling: { ...rollouts, kind: 'rolling', workflowType: workflowTypes.rolling },
  recreate: { ...rollouts, kind: 'recreate', workflowType: workflowTypes.recreate },
  rollback: { ...rollouts, kind: 'rollback', workflowType: workflowTypes.rollback },
};
