import type { ServiceName } from '../../../contracts/chaos/service-tracks.ts';
import type { TrackSelection } from '../../../specs/chaos/track-selection.ts';

/** The service whose requests are divided, for the platform that has it. */
export function nameOf(environment: string, { service, kubernetes }: TrackSelection): ServiceName {
  return { environment, service, ...(kubernetes !== undefined && { place: kubernetes }) };
}
