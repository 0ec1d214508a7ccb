import type { Client } from '@temporalio/client';
import { Command, Option } from 'commander';
import { loadConfig } from '../../config/load-config.ts';
import { failureTypes } from '../../contracts/kernel/failures.ts';
import { estimateActions } from '../../policies/rollouts/estimate-actions.ts';
import { planStages } from '../../policies/rollouts/plan.ts';
import type { AnySpec } from '../../specs/rollouts/resolution.ts';
import { actingPerson } from '../acting-person.ts';
import { withConnections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { print, printJson } from '../output.ts';
import { paintFor } from '../render/page.ts';
import { renderPlanPage } from '../render/plan-page.ts';
import { refusalOf } from '../rollouts/refusals.ts';
import { startRollout, type RolloutOrder, type StartedRollout } from '../rollouts/start-rollout.ts';
import { tracedCommand } from '../traced-command.ts';
import { announceStart } from './announce-start.ts';
import { examples } from './named-service.ts';
import { readSpecFile, superseding } from './spec-file.ts';
import { watchRollout } from './watch.ts';

interface DeployOptions {
  file: string;
  watch?: boolean;
  dryRun?: boolean;
  supersede?: boolean;
  why?: string;
  as?: string;
  json?: boolean;
}

export function createDeployCommand(): Command {
  return new Command('deploy')
    .summary('start a rollout from a spec')
    .description(
      'Start the rollout that a spec describes: a canary, blue-green, rolling or recreate ' +
        'deployment, or a rollback, as its kind says. One rollout at a time may change a service: if ' +
        'one is open this is refused (exit code 4), unless the new one may supersede it.',
    )
    .addOption(
      new Option(
        '-f, --file <spec>',
        'YAML, or JSON if named so; - reads stdin',
      ).makeOptionMandatory(),
    )
    .addOption(new Option('-w, --watch', 'follow it until it ends; exits with 0 if promoted'))
    .addOption(new Option('--dry-run', 'print what it would do, step by step; starts nothing'))
    .addOption(new Option('--supersede', 'undo the open rollout of the service and take its place'))
    .addOption(new Option('--why <text>', 'recorded with the rollout'))
    .addOption(new Option('--as <name>', 'who is acting (default: user@host)'))
    .addOption(new Option('--json', 'print the answer as JSON'))
    .addHelpText(
      'after',
      examples(
        'belay deploy -f examples/canary.yaml --dry-run',
        'belay deploy -f examples/canary.yaml --watch',
        'belay deploy -f examples/kubernetes/blue-green.yaml --dry-run',
        'belay deploy -f hotfix.yaml --supersede --why "the open one has the bug"',
      ),
    )
    .action(deploy);
}

async function deploy({ file, ...options }: DeployOptions): Promise<void> {
  const given = await readSpecFile(file);
  const { asWritten, spec } = options.supersede ? superseding(given) : given;
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
        ? { ...(rolloutId !== undefined && { rolloutId }) }
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
