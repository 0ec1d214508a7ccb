import type { Verb } from '../../../../src/kinds/rollout-verbs.ts';
import type { workflowTypes } from '../../../../src/kinds/workflow-types.ts';
import type { RolloutPhase } from '../../../../src/kinds/rollout-phases.ts';
import {
  blocked,
  held,
  notReady,
  refused,
  type ScriptedService,
} from '../../../fixtures/scripted-activities.ts';
import {
  canarySpec,
  type ScriptedRollouts,
  type ScriptedRun,
} from '../../../fixtures/scripted-rollouts.ts';

/** How a rollout is brought into a phase, and kept there until something is said to it. */
interface WayInto {
  script(service: ScriptedService): void;
  kind?: keyof typeof workflowTypes;
  spec?: object;
  /** Said on the way, once it is in that phase. */
  after?: { phase: RolloutPhase; verb: Verb };
  /** The act under way, where the phase begins with another. */
  during?: string;
}

const approved = {
  ...canarySpec,
  stages: [{ weight: 20, hold: '50ms', approval: { by: ['ana'] } }],
};
const blueGreen = {
  release: canarySpec.release,
  replicas: 2,
  watch: '50ms',
  scaleDownDelay: '10m',
  analysis: canarySpec.analysis,
};

/** Nobody answers for the host. */
const experimented = {
  ...canarySpec,
  stages: [
    {
      ...{ weight: 20, hold: '50ms' },
      experiment: {
        ...{ target: { agents: ['nobody'], host: true }, mostOfTarget: '100%' },
        ...{ fault: { type: 'cpu' }, duration: '5s', steadyState: '5s' },
        hypothesis: { answers: { errorsOf: { agent: 'nobody', probe: 'web' }, atMost: '5%' } },
        stopConditions: 'none',
      },
    },
  ],
};

export const waysInto: Record<Exclude<RolloutPhase, 'closed'>, WayInto> = {
  starting: { script: (shop) => shop.script('inspectService', blocked) },
  preparing: { script: (shop) => shop.script('scaleCanary', blocked), during: 'scaleCanary' },
  holding: { script: (shop) => shop.script('watchHold', blocked) },
  paused: {
    script: (shop) => shop.script('watchHold', blocked),
    spec: { ...canarySpec, stages: [{ weight: 20, hold: '10m' }] },
    after: { phase: 'holding', verb: 'pause' },
  },
  inconclusive: { script: (shop) => shop.script('watchHold', held('inconclusive'), blocked) },
  experimenting: { script: () => undefined, spec: experimented },
  'awaiting-approval': {
    script: (shop) => shop.script('watchHold', held('pass'), blocked),
    spec: approved,
  },
  keeping: { script: () => undefined, kind: 'blueGreen', spec: blueGreen },
  promoting: { script: (shop) => shop.script('promoteCanary', blocked) },
  'taking-over': {
    script: (shop) =>
      shop.script('promoteCanary', 'under-way').script('awaitStableComplete', blocked),
  },
  stuck: {
    script: (shop) =>
      shop
        .script('promoteCanary', 'under-way')
        .script('awaitStableComplete', notReady('no room for the third pod'), {}),
  },
  undoing: {
    script: (shop) => shop.script('watchHold', blocked).script('restoreStable', blocked),
    after: { phase: 'holding', verb: 'abort' },
  },
  'undo-failed': {
    script: (shop) =>
      shop
        .script('watchHold', blocked)
        .script('restoreStable', refused('no such route'), undefined),
    after: { phase: 'holding', verb: 'abort' },
  },
};

export const openPhases = Object.keys(waysInto) as Exclude<RolloutPhase, 'closed'>[];

export interface RolloutInPhase {
  service: ScriptedService;
  run: ScriptedRun;
  /** What it has done by then. */
  doneBefore: number;
}

export async function bringInto(
  rollouts: ScriptedRollouts,
  phase: keyof typeof waysInto,
): Promise<RolloutInPhase> {
  const { script, kind, spec, after, during } = waysInto[phase];
  const service = rollouts.service();
  script(service);
  const run = await rollouts.start(service, spec, kind);
  if (after !== undefined) {
    await run.until(after.phase);
    await run.send(after.verb);
  }
  await run.until(phase, () => during === undefined || service.acts.includes(during));
  return { service, run, doneBefore: service.acts.length };
}
