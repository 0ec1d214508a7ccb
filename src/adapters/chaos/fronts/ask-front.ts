import type { V1Pod } from '@kubernetes/client-node';
import type { TracksPlatform } from '../../../contracts/chaos/service-tracks.ts';
import type { Upstream } from '../../../contracts/chaos/track-front.ts';
import { PartError } from '../../../contracts/kernel/part-error.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import { createApiClient, type ApiCall } from '../../local-platform/api-client.ts';
import type { PlatformLocation } from '../../local-platform/locate.ts';
import { createLocalTracks } from '../local-tracks.ts';

const timeoutMs = 3_000;
const called = {
  who: 'The pod of Belay that divides the requests',
  mend: 'see that the workers reach the addresses of pods, and that no NetworkPolicy refuses it; its log says more',
};

/** One front, asked as the local platform is asked about tracks. */
export interface AskedFront {
  tracks: TracksPlatform;
  /** Who answers the requests of both tracks from now on. */
  nameUpstreams(upstreams: readonly Upstream[]): Promise<void>;
  /** It gets no requests any more, and says why. */
  end(why: string): Promise<void>;
}

export function askFront(location: Pick<PlatformLocation, 'url' | 'token'>): AskedFront {
  const locate = () => Promise.resolve({ ...location, called });
  const callApi = createApiClient(locate);
  const call = async (request: Omit<ApiCall, 'timeoutMs'>): Promise<void> => {
    try {
      await callApi({ ...request, timeoutMs });
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
      throw new PartError('unavailable', error.message, { cause: error });
    }
  };
  return {
    tracks: createLocalTracks(locate),
    nameUpstreams: (upstreams) =>
      call({ method: 'PUT', path: '/v1/upstreams', body: { upstreams } }),
    end: (why) => call({ method: 'POST', path: '/v1/end', body: { why } }),
  };
}

/** Undefined while it has no address yet. */
export function urlOfFront({ status }: V1Pod, port: number): string | undefined {
  const { podIP } = status ?? {};
  if (podIP === undefined) return undefined;
  return `http://${podIP.includes(':') ? `[${podIP}]` : podIP}:${port}`;
}
