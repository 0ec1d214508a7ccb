import type { ServiceState } from '../../contracts/rollouts/platform.ts';
import { renderReport } from '../../render/rollouts/render-report.ts';
import type { Connections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { print, printJson, remark } from '../output.ts';
import { pageFor } from '../render/page.ts';
import { renderServicePage } from '../render/service-page.ts';
import { renderStatusPage } from '../render/status-page.ts';
import type { ServiceName } from '../service-name.ts';
import { readKnownRollout, type KnownRollout } from './known-rollout.ts';
import { viewService } from './view-service.ts';

/** What is known of a service: its rollout, and what serves now. */
interface Known extends KnownRollout {
  service?: ServiceState;
}

/** Prints the open rollout of a service or how the last one ended, and what serves now. */
export async function showRollout(name: ServiceName, to: Connections, json = false): Promise<void> {
  const known = await readKnown(name, to);
  if (json) printJson(known);
  else print(renderKnown(known));
}

async function readKnown(name: ServiceName, to: Connections): Promise<Known> {
  const known = await readKnownRollout(name, to);
  const service = await readService(name, to);
  if (!known.rollout && !known.report && !known.unreported && !service) {
    throw new CliFailure(
      exitCodes.badInput,
      `Nothing is known of ${name.environment}/${name.service}. See what there is with: belay list`,
    );
  }
  return { ...known, ...(service && { service }) };
}

/** The service as its platform has it; undefined, with a remark, where that cannot be seen. */
async function readService(name: ServiceName, to: Connections): Promise<ServiceState | undefined> {
  const { state, problem } = await viewService(name, to);
  if (problem !== undefined) remark(problem);
  return state;
}

function renderKnown({ rollout, report, unreported, service }: Known): string {
  const page = pageFor(process.stdout, process.env);
  if (rollout) return renderStatusPage(rollout, page, service);
  return [
    ...(service ? [renderServicePage(service, page)] : []),
    ...(unreported === undefined ? [] : [`The last run ended without a report. ${unreported}`]),
    ...(report ? [renderReport(report)] : []),
  ].join('\n\n');
}
