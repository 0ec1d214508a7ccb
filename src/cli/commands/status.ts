import { Option, type Command } from 'commander';
import { rolloutWorkflowId } from '../../contracts/messages.ts';
import type { ServiceState } from '../../contracts/platform.ts';
import type { RolloutReport } from '../../contracts/report.ts';
import type { RolloutStatus } from '../../contracts/status.ts';
import { renderReport } from '../../policies/report/render-report.ts';
import { withConnections, type Connections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { print, printJson, remark } from '../output.ts';
import { paintFor, type Page } from '../render/page.ts';
import { renderServicePage } from '../render/service-page.ts';
import { renderStatusPage } from '../render/status-page.ts';
import { withHoldProgress } from '../rollouts/hold-progress.ts';
import { openRollout } from '../rollouts/list-rollouts.ts';
import { describeRollout, queryStatus } from '../rollouts/read-rollout.ts';
import { readEnd } from '../rollouts/rollout-end.ts';
import { seeService } from '../rollouts/see-service.ts';
import { isWorkerAway } from '../rollouts/unanswered.ts';
import type { ServiceName } from '../service-name.ts';
import {
  examples,
  namedService,
  serviceCommand,
  type NamedServiceOptions,
} from './named-service.ts';

interface StatusOptions extends NamedServiceOptions {
  json?: boolean;
}

/** What is known of a service: the open rollout, or how the last one ended and what serves now. */
interface Known {
  rollout?: RolloutStatus;
  report?: RolloutReport;
  /** Why the last run has no report. */
  unreported?: string;
  service?: ServiceState;
}

export function createStatusCommand(): Command {
  return serviceCommand('status')
    .summary('where a rollout stands, and how to act on it')
    .description(
      'Show the open rollout of a service: stages, verdicts, measurements, replicas or pods of both ' +
        'releases, people, what it waits for and how to act. Without one: how the last ended, and ' +
        'what serves now. Pods are read with your own rights in the cluster.',
    )
    .addOption(new Option('--json', 'print what is known as JSON'))
    .addHelpText(
      'after',
      examples('belay status shop', "belay status demo/shop --json | jq -r '.rollout.phase'"),
    )
    .action((typed: string, options: StatusOptions) =>
      withConnections(async (to) => {
        const name = await namedService(typed, options, to);
        const known = await readKnown(name, to);
        if (options.json) printJson(known);
        else print(renderKnown(known));
      }),
    );
}

async function readKnown(name: ServiceName, to: Connections): Promise<Known> {
  const client = await to.temporal();
  const run = await describeRollout(client, rolloutWorkflowId(name));
  if (run?.status.name === 'RUNNING') {
    const { version, phase } = openRollout(run);
    try {
      const rollout = withHoldProgress(await queryStatus(client, run.workflowId), run);
      const service = await readService(name, to);
      return { rollout, ...(service && { service }) };
    } catch (error) {
      if (!isWorkerAway(error)) throw error;
      throw new CliFailure(
        exitCodes.unreachable,
        `The rollout of ${name.environment}/${name.service} to ${version} is open (last known: ` +
          `${phase}), but no worker answers for it. Start one with: belay worker`,
        { cause: error },
      );
    }
  }
  const end = run && (await readEnd(client, to.ledger, run));
  const [lastReport] =
    end?.kind === 'report' ? [end.report] : await to.ledger.list({ ...name, limit: 1 });
  const service = await readService(name, to);
  if (!run && !lastReport && !service) {
    throw new CliFailure(
      exitCodes.badInput,
      `Nothing is known of ${name.environment}/${name.service}. See what there is with: belay list`,
    );
  }
  return {
    ...(lastReport && { report: lastReport }),
    ...(end?.kind === 'unreported' && { unreported: `${end.state}: ${end.reason}` }),
    ...(service && { service }),
  };
}

/** The service as its platform has it; undefined, with a remark, where that cannot be seen. */
async function readService(name: ServiceName, to: Connections): Promise<ServiceState | undefined> {
  const { state, unseen } = await seeService(name, to);
  if (unseen !== undefined) remark(unseen);
  return state;
}

function renderKnown({ rollout, report, unreported, service }: Known): string {
  const page: Page = { nowMs: Date.now(), paint: paintFor(process.stdout, process.env) };
  if (rollout) return renderStatusPage(rollout, page, service);
  return [
    ...(service ? [renderServicePage(service, page)] : []),
    ...(unreported === undefined ? [] : [`The last run ended without a report. ${unreported}`]),
    ...(report ? [renderReport(report)] : []),
  ].join('\n\n');
}
