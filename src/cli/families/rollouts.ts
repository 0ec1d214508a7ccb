import type { Lock } from '../../kinds/locks.ts';
import { isRolloutReport } from '../../contracts/rollouts/read-report.ts';
import { renderRunReport } from '../../render/kernel/render-run-report.ts';
import { renderReport } from '../../render/rollouts/render-report.ts';
import type { AnySpec } from '../../specs/rollouts/resolution.ts';
import { writtenSpec } from '../../specs/rollouts/written-spec.ts';
import { deployGiven } from '../rollouts/deploy-given.ts';
import { reportRollout } from '../rollouts/report-rollout.ts';
import { showRollout } from '../rollouts/show-rollout.ts';
import { watchRollout } from '../rollouts/watch-rollout.ts';
import type { ServiceName } from '../service-name.ts';
import type { FamilyCommands } from './family-commands.ts';

/** A rollout has pages of its own: stages, measurements, replicas. */
export const rolloutFamily: FamilyCommands = {
  showStatus: (run, { json }, to) => showRollout(serviceOf(run), to, json),
  watch: ({ runRef, makingWay, ...run }, { json }, to) =>
    watchRollout(
      serviceOf(run),
      { ...(runRef !== undefined && { runRef }), ...(makingWay !== undefined && { makingWay }) },
      to,
      json,
    ),
  report: (run, options, to) => reportRollout(serviceOf(run), options, to),
  renderReport: (report) =>
    isRolloutReport(report) ? renderReport(report) : renderRunReport(report),
  start: ({ spec, asWritten }, options) =>
    deployGiven({ spec: spec as AnySpec, asWritten: writtenSpec(asWritten) }, options),
};

function serviceOf({ environment, name }: Lock): ServiceName {
  return { environment, service: name };
}
