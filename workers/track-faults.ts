import { bypassBreaker } from '../src/adapters/breakers/bypass-breaker.ts';
import { createLocalTracks } from '../src/adapters/chaos/local-tracks.ts';
import { locateLocalPlatform } from '../src/adapters/local-platform/locate.ts';
import type { Config } from '../src/config/config.ts';
import type { TracksPlatform } from '../src/contracts/chaos/service-tracks.ts';
import type { GuardOf } from '../src/contracts/kernel/breakers.ts';

/** The local platform, for experiments on the services that it runs. */
export function openTrackFaults(config: Config, guardOf: GuardOf): TracksPlatform {
  const tracks = createLocalTracks(locateLocalPlatform(config), guardOf('local-platform'));
  return {
    ...tracks,
    // An undo is sent also where a breaker is open.
    removeFault: (...call) => bypassBreaker(() => tracks.removeFault(...call)),
    closeTracks: (...call) => bypassBreaker(() => tracks.closeTracks(...call)),
  };
}
