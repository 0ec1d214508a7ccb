import type { Client } from '@temporalio/client';
import { loadConfig } from '../../config/load-config.ts';
import { failureTypes } from '../../contracts/kernel/failures.ts';
import { estimateActions } from '../../policies/rollouts/estimate-actions.ts';
import { planStages } from '../../policies/rollouts/plan.ts';
import type { AnySpec } from '../../specs/rollouts/resolution.ts';
import type { WrittenSpec } from '../../specs/rollouts/written-spec.ts';
import { actingPerson } from '../acting-person.ts';
import { withConnections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { print, printJson } from '../output.ts';
import { paintFor } from '../render/page.ts';
import { renderPlanPage } from '../render/plan-page.ts';
import { refusalOf } from '../runs/refusals.ts';
import { tracedCommand } from '../traced-command.ts';
import { announceStart } from './announce-start.ts';
import { startRollout, type RolloutOrder, type StartedRollout } from './start-rollout.ts';
import { watchRollout } from './watch-rollout.ts';

export interface GivenSpec {
  asWritten: WrittenSpec;
  spec: AnySpec;
}

export interface DeployGivenOptions {
  /** Where the spec is from. */
  file: string;
  watch?: boolean;
  dryRun?: boolean;
  why?: string;
  as?: string;
  json?: boolean;
}

/** Starts the rollout of a spec, or prints what it would do. */
export async function deployGiven(
  { asWritten, spec }: GivenSpec,
  { file, ...options }: DeployGivenOptions,
): Promise<void> {
  if (options.dryRun) {
    showPlan(spec, options.json);
    return;
  }
  await withConnections(async (to) => {
    const order = {
      spec,
      asWritten,
      taskQueue: to.config.taskQueue,
      by: actingPerson(options.as),
      ...(options.why !== undefined && { why: options.why }),
    };
    const started = await tracedCommand('deploy', async () =>
      startOrExplain(await to.temporal(), file, order),
    );
    await announceStart(started, spec, to, options.json);
    if (!options.watch) return;
    const { superseding, rolloutId } = started.receipt ?? {};
    const followed =
      superseding === undefined
        ? { ...(rolloutId !== undefined && { runRef: rolloutId }) }
        : { makingWay: superseding };
    await watchRollout(spec, followed, to, options.json);
  });
}

async function startOrExplain(
  client: Client,
  file: string,
  order: RolloutOrder,
): Promise<StartedRollout> {
  try {
    return await startRollout(client, order);
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal?.type !== failureTypes.alreadyRunning) throw error;
    const { environment, service } = order.spec;
    throw new CliFailure(
      exitCodes.alreadyRunning,
      [
        refusal.reason,
        `  see it      belay status ${environment}/${service}`,
        `  stop it     belay abort ${environment}/${service}`,
        `  replace it  belay deploy -f ${file} --supersede`,
      ].join('\n'),
      { cause: error },
    );
  }
}

function showPlan(spec: AnySpec, json = false): void {
  const settings = loadConfig(process.env).rollouts;
  if (spec.kind === 'rollback') {
    throw new CliFailure(
      exitCodes.badInput,
      'A rollback has no stages to plan: it brings the kept release up in full and switches to it.',
    );
  }
  if (json) {
    const actions = estimateActions(spec, settings);
    printJson({ spec, stages: planStages(spec), actions, blindTimeMs: settings.blindTimeMs });
  } else {
    print(renderPlanPage(spec, settings, paintFor(process.stdout, process.env)));
  }
}
