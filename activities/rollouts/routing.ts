import type { Platforms } from '../../src/contracts/rollouts/platform.ts';
import type { TrafficActivities } from '../../src/contracts/rollouts/routing.ts';
import { whileHeartbeating } from '../kernel/support/heartbeating.ts';
import { onPlatform } from './support/on-platform.ts';
import { undoOnPlatform } from './support/undo-on-platform.ts';

export function createTrafficActivities(platforms: Platforms): TrafficActivities {
  return {
    setWeight: (ref, fence, weight) =>
      onPlatform(() =>
        whileHeartbeating(() => platforms[ref.target.platform].setWeight(ref, fence, weight)),
      ),

    restoreStable: (ref, fence) =>
      onPlatform(() =>
        whileHeartbeating(async () => {
          const platform = platforms[ref.target.platform];
          await undoOnPlatform(platform, ref, () => platform.setWeight(ref, fence, 0));
        }),
      ),
  };
}
