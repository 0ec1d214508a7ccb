import { ApplicationFailure, isCancellation, rootCause } from '@temporalio/workflow';
import type { ResolvedTarget, TargetFacts } from '../../../src/contracts/chaos/host-faults.ts';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import {
  chooseTargets,
  countOf,
  refuseRadius,
} from '../../../src/policies/chaos/choose-targets.ts';
import type { ChaosExperimentSpec } from '../../../src/specs/chaos/experiment.ts';
import { takeStep } from '../../kernel/steps.ts';
import type { ExperimentRun } from './experiment-run.ts';
import { refuseNow } from './refuse-now.ts';

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
    const { agents, ...name } = spec.target;
    const found = await Promise.all(agents.map((agent) => examine(run, spec, agent)));
    const reasons = [
      ...[refuseRadius(spec, agents.length)].filter((each) => each !== undefined),
      ...[await refuseNow(spec, steadyStateMs + durationMs)].filter((each) => each !== undefined),
      ...found.flatMap(({ agent, refusals }) => refusals.map((each) => `${agent}: ${each}`)),
      ...found.flatMap(({ agent, leftovers }) =>
        leftovers.map(({ what, runRef }) => {
          const of = runRef === undefined ? '' : ` (of run ${runRef})`;
          return `${agent}: something of an earlier experiment is there: ${what}${of}`;
        }),
      ),
    ];
    if (reasons.length > 0) {
      throw ApplicationFailure.nonRetryable(
        `nothing was injected anywhere: ${reasons.join('; ')}`,
        failureTypes.targetRefused,
      );
    }
    const candidates = found.map(({ agent, what, process: identity }): ResolvedTarget => ({
      ...{ agent, what },
      ...name,
      ...(identity !== undefined && { identity }),
    }));
    const count = countOf(spec.blastRadius, candidates.length);
    const chosen = chooseTargets(candidates, count, Math.random);
    Object.assign(run.found, { candidates: candidates.length, targets: chosen });
    for (const { agent, what } of candidates) {
      const isChosen = chosen.some((each) => each.agent === agent);
      prove({ what: isChosen ? 'target' : 'left alone', source: agent, value: what });
    }
    return chosen;
  });
}

type Examined = TargetFacts & { agent: string };

async function examine(
  run: ExperimentRun,
  { target: { agents: _, ...target }, fault, durationMs }: ChaosExperimentSpec,
  agent: string,
): Promise<Examined> {
  try {
    return { agent, ...(await run.on(agent).examine({ target, fault, durationMs })) };
  } catch (error) {
    if (isCancellation(error)) throw error;
    const refusals = [rootCause(error) ?? String(error)];
    return { agent, what: '', refusals, leftovers: [] };
  }
}
