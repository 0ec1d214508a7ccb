import type { Platforms } from '../src/contracts/platform.ts';
import type { TrafficActivities } from '../src/contracts/routing.ts';
import { whileHeartbeating } from './heartbeating.ts';
import { onPlatform } from './on-platform.ts';
import { undoOnPlatform } from './undo-on-platform.ts';

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
