import type { Lock } from '../../kinds/locks.ts';
import { showRollout } from '../rollouts/show-rollout.ts';
import { watchRollout } from '../rollouts/watch-rollout.ts';
import type { ServiceName } from '../service-name.ts';
import type { FamilyPages } from './family-pages.ts';

/** A rollout has pages of its own: stages, measurements, replicas. */
export const rolloutPages: FamilyPages = {
  showStatus: (run, { json }, to) => showRollout(serviceOf(run), to, json),
  watch: ({ runRef, makingWay, ...run }, { json }, to) =>
    watchRollout(
      serviceOf(run),
      { ...(runRef !== undefined && { runRef }), ...(makingWay !== undefined && { makingWay }) },
      to,
      json,
    ),
};

function serviceOf({ environment, name }: Lock): ServiceName {
  return { environment, service: name };
}
