import type { Platforms } from '../../src/contracts/rollouts/platform.ts';
import type { TrafficActivities } from '../../src/contracts/rollouts/routing.ts';
import { whileHeartbeating } from '../kernel/support/heartbeating.ts';
import { mapPlatformErrors } from './support/map-platform-errors.ts';
import { mapUndoErrors } from './support/map-undo-errors.ts';

export function createTrafficActivities(platforms: Platforms): TrafficActivities {
  return {
    setWeight: (ref, fence, weight) =>
      mapPlatformErrors(() =>
        whileHeartbeating(() => platforms[ref.target.platform].setWeight(ref, fence, weight)),
      ),

    restoreStable: (ref, fence) =>
      mapPlatformErrors(() =>
        whileHeartbeating(async () => {
          const platform = platforms[ref.target.platform];
          await mapUndoErrors(platform, ref, () => platform.setWeight(ref, fence, 0));
        }),
      ),
  };
}
