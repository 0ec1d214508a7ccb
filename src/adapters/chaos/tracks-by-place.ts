import type { ServiceName, TracksPlatform } from '../../contracts/chaos/service-tracks.ts';

/** Tracks of the local platform, and of Kubernetes where a service has a place there. */
export function createTracksByPlace(
  local: TracksPlatform,
  kubernetes: TracksPlatform,
): TracksPlatform {
  const of = ({ place }: ServiceName) => (place === undefined ? local : kubernetes);
  return {
    readFacts: (name) => of(name).readFacts(name),
    openTracks: (name, ...order) => of(name).openTracks(name, ...order),
    keepTracks: (name, fence) => of(name).keepTracks(name, fence),
    injectFault: (name, order) => of(name).injectFault(name, order),
    extendFault: (name, ...lease) => of(name).extendFault(name, ...lease),
    removeFault: (name, fence) => of(name).removeFault(name, fence),
    closeTracks: (name, fence) => of(name).closeTracks(name, fence),
  };
}
