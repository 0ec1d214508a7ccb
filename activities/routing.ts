import type { Platforms } from '../src/contracts/platform.ts';
import type { TrafficActivities } from '../src/contracts/routing.ts';
import { onPlatform } from './on-platform.ts';

export function createTrafficActivities(platforms: Platforms): TrafficActivities {
  return {
    setWeight: (ref, fence, weight) =>
      onPlatform(() => platforms[ref.target.platform].setWeight(ref, fence, weight)),

    restoreStable: (ref, fence) =>
      onPlatform(async () => {
        await platforms[ref.target.platform].setWeight(ref, fence, 0);
      }),
  };
}
