import { patched } from '@temporalio/workflow';
import { ruleOnExperiment } from '../../../src/policies/rollouts/experiments/rule-on-experiment.ts';
import type { DeploymentSpec } from '../../../src/specs/rollouts/deployment.ts';
import { untilReady } from './canary-stage.ts';
import { carryOutExperiment, experimentWorkflowId } from './carry-out-experiment.ts';
import { analysisFailed, type OpenStage } from './hold-stage.ts';
import type { Rollout } from './rollout.ts';
import { untilDecided } from './until-decided.ts';

/**
 * Has the experiment of a stage made while the new release has its traffic. Throws where the release
 * does not stand it; where nothing is known, a person decides.
 */
export async function passExperiment(
  rollout: Rollout,
  stage: OpenStage,
  spec: Pick<DeploymentSpec, 'pause' | 'onInconclusive' | 'readiness'>,
): Promise<void> {
  const { experiment, weight } = stage.spec;
  if (experiment === undefined) return;
  const { decisions } = rollout.inbox;
  const standing = decisions.value;
  const workflowId = experimentWorkflowId(experiment);
  if (standing?.kind === 'promoteFull') {
    const reason = `promoted in full by ${standing.by}`;
    stage.status.experiment = { workflowId, outcome: 'LeftOut', reason };
    return;
  }
  // Who ended the hold has said nothing of what follows it.
  decisions.take();
  stage.monitor.setAside();
  stage.status.experiment = { workflowId, startedAtMs: Date.now() };
  rollout.enterPhase('experimenting', `Experiment ${workflowId} at ${weight} %`);
  const ended = await carryOutExperiment(rollout, experiment, weight);
  Object.assign(stage.status.experiment, ended, { endedAtMs: Date.now() });
  rollout.refresh();
  rollout.requireNotStopped();

  await takeRuling(rollout, stage, spec);
  await untilReadyAgain(rollout, stage, spec);
}

async function takeRuling(
  rollout: Rollout,
  stage: OpenStage,
  { pause, onInconclusive }: Pick<DeploymentSpec, 'pause' | 'onInconclusive'>,
): Promise<void> {
  const { experiment } = stage.status;
  const ruling = experiment && ruleOnExperiment(experiment);
  if (ruling === undefined || ruling.kind === 'go-on') return;
  const why = `at ${stage.spec.weight} %: ${ruling.reason}`;
  if (ruling.kind === 'undo') throw analysisFailed(why);
  if (ruling.isUnsafe) await untilDecided(rollout, stage, why);
  else if (onInconclusive === 'abort') throw analysisFailed(why);
  else await untilDecided(rollout, stage, why, pause);
}

/** The experiment may have hit replicas of the canary, and traffic is sent to none that is not ready. */
async function untilReadyAgain(
  rollout: Rollout,
  { service }: OpenStage,
  { readiness }: Pick<DeploymentSpec, 'readiness'>,
): Promise<void> {
  const { canaryReplicas: replicas } = service;
  if (replicas === 0) return;
  if (patched('the-canary-is-awaited-after-an-experiment')) {
    const { version } = rollout.status;
    rollout.enterPhase('preparing', `Waiting until ${version} is ready after its experiment`);
  }
  await untilReady(rollout, service, { replicas, readiness });
}
