import { ApplicationFailure, isCancellation } from '@temporalio/workflow';
import type {
  ExamineTargetCall,
  ResolvedHost,
  TargetFacts,
} from '../../../src/contracts/chaos/host-faults.ts';
import type { ResolvedTarget } from '../../../src/contracts/chaos/resolved-target.ts';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import { callTarget } from '../../../src/policies/chaos/call-target.ts';
import {
  chooseTargets,
  countOf,
  refuseRadius,
} from '../../../src/policies/chaos/choose-targets.ts';
import { refuseLength } from '../../../src/policies/chaos/history-room.ts';
import { longestFaultMs } from '../../../src/policies/chaos/lease-plan.ts';
import type { ChaosExperimentSpec } from '../../../src/specs/chaos/experiment.ts';
import type { PodSelection } from '../../../src/specs/chaos/pod-selection.ts';
import type { HostTarget } from '../../../src/specs/chaos/target.ts';
import type { TrackSelection } from '../../../src/specs/chaos/track-selection.ts';
import { reasonOf } from '../../kernel/reason-of.ts';
import { takeStep } from '../../kernel/steps.ts';
import type { ExperimentRun } from './experiment-run.ts';
import { refuseNow } from './refuse-now.ts';
import { examineMeshPods, examinePods, ofHosts } from './target-acts.ts';
import { examineService, ofTracks } from './track-acts.ts';

/**
 * Resolves the target once, and chooses whom to hit. Whatever speaks against it on any host refuses
 * the experiment, with every reason, and before anything is changed anywhere.
 */
export async function resolveTargets(
  run: ExperimentRun,
  spec: ChaosExperimentSpec,
): Promise<ResolvedTarget[]> {
  return takeStep(run, 'resolve the target', async ({ prove }) => {
    const { steadyStateMs, durationMs } = spec;
    const { candidates, refusals, size } = await findCandidates(run, spec);
    const reasons = [
      ...(size === undefined ? [] : refuseSize(spec, size)),
      ...[await refuseNow(spec, steadyStateMs + durationMs)].filter((each) => each !== undefined),
      ...refusals,
    ];
    if (reasons.length > 0) {
      throw ApplicationFailure.nonRetryable(
        `nothing was injected anywhere: ${reasons.join('; ')}`,
        failureTypes.targetRefused,
      );
    }
    const count = countOf(spec.blastRadius, candidates.length);
    const chosen = chooseTargets(candidates, count, Math.random);
    Object.assign(run.found, { candidates: candidates.length, targets: chosen });
    for (const candidate of candidates) {
      const what = chosen.includes(candidate) ? 'target' : 'left alone';
      prove({ what, source: callTarget(candidate), value: candidate.what });
    }
    return chosen;
  });
}

function refuseSize(spec: ChaosExperimentSpec, size: number): string[] {
  const count = countOf(spec.blastRadius, size);
  return [
    refuseRadius(spec, size),
    // Nothing of a pod is extended.
    'pods' in spec.target ? undefined : refuseLength(count, spec.durationMs),
  ].filter((each) => each !== undefined);
}

interface Candidates {
  candidates: ResolvedTarget[];
  /** Every reason why none of them is hit. */
  refusals: string[];
  /** How many there are, also where they are refused; absent where nobody knows. */
  size?: number;
}

async function findCandidates(run: ExperimentRun, spec: ChaosExperimentSpec): Promise<Candidates> {
  const { target } = spec;
  if ('tracks' in target) return findTracks(spec, target.tracks);
  return 'pods' in target ? findPods(spec, target.pods) : findHosts(run, spec, target);
}

/** One of both is hit: there is nothing to choose from. */
async function findTracks(
  { environment, fault, steadyStateMs, durationMs, hypothesis }: ChaosExperimentSpec,
  tracks: TrackSelection,
): Promise<Candidates> {
  const { what, refusals } = await examineService({
    ...{ environment, tracks, fault: ofTracks(fault), steadyStateMs, durationMs, hypothesis },
  });
  return { candidates: [{ environment, tracks, what }], refusals };
}

async function findPods(
  { durationMs }: ChaosExperimentSpec,
  selection: PodSelection,
): Promise<Candidates> {
  const { pods, refusals } =
    selection.means === 'chaosMesh'
      ? await examineMeshPods({ selection, atMostMs: longestFaultMs(durationMs) })
      : await examinePods(selection);
  return { candidates: pods, refusals, ...(refusals.length === 0 && { size: pods.length }) };
}

async function findHosts(
  run: ExperimentRun,
  { fault, durationMs }: ChaosExperimentSpec,
  { agents, ...name }: HostTarget,
): Promise<Candidates> {
  const asked = { target: name, fault: ofHosts(fault), durationMs };
  const found = await Promise.all(agents.map((agent) => examine(run, asked, agent)));
  const refusals = [
    ...found.flatMap(({ agent, refusals: own }) => own.map((each) => `${agent}: ${each}`)),
    ...found.flatMap(({ agent, leftovers }) =>
      leftovers.map(({ what, runRef }) => {
        const of = runRef === undefined ? '' : ` (of run ${runRef})`;
        return `${agent}: something of an earlier experiment is there: ${what}${of}`;
      }),
    ),
  ];
  const candidates = found.map(({ agent, what, process: identity }): ResolvedHost => ({
    ...{ agent, what },
    ...name,
    ...(identity !== undefined && { identity }),
  }));
  return { candidates, refusals, size: agents.length };
}

type Examined = TargetFacts & { agent: string };

async function examine(
  run: ExperimentRun,
  asked: Pick<ExamineTargetCall, 'target' | 'fault' | 'durationMs'>,
  agent: string,
): Promise<Examined> {
  try {
    return { agent, ...(await run.on(agent).examine(asked)) };
  } catch (error) {
    if (isCancellation(error)) throw error;
    const refusals = [reasonOf(error)];
    return { agent, what: '', refusals, leftovers: [] };
  }
}
