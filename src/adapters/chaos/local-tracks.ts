import type {
  ServiceFacts,
  ServiceName,
  TracksPlatform,
} from '../../contracts/chaos/service-tracks.ts';
import type { Guard } from '../../contracts/kernel/breakers.ts';
import { PartError, type PartErrorCode } from '../../contracts/kernel/part-error.ts';
import { PlatformError, type PlatformErrorCode } from '../../contracts/rollouts/platform.ts';
import { createApiClient, type ApiCall } from '../local-platform/api-client.ts';
import type { LocatePlatform } from '../local-platform/locate.ts';

const timeoutMs = 5_000;
/** A drain may take as long as the longest open request. */
const drainTimeoutMs = 30_000;

/** The local platform, for experiments on the services that it runs. */
export function createLocalTracks(locate: LocatePlatform, guard?: Guard): TracksPlatform {
  const callApi = createApiClient(locate, guard);
  const call = async (name: ServiceName, { path, ...request }: Partial<ApiCall> = {}) => {
    const parts = [name.environment, name.service].map(encodeURIComponent);
    const whole = `/v1/services/${parts.join('/')}/tracks${path ?? ''}`;
    try {
      return await callApi({ timeoutMs, ...request, path: whole });
    } catch (error) {
      throw toPartError(error);
    }
  };
  const act = async (...[name, request]: Parameters<typeof call>): Promise<void> => {
    await call(name, request);
  };

  return {
    readFacts: (name) => factsUnlessUnknown(call(name)),
    openTracks: (name, order) => act(name, { method: 'PUT', body: order }),
    keepTracks: (name, fence) =>
      factsUnlessUnknown(call(name, { method: 'POST', path: '/keep', body: { fence } })),
    injectFault: (name, order) => act(name, { method: 'PUT', path: '/fault', body: order }),
    extendFault: (name, fence, forMs) =>
      act(name, { method: 'POST', path: '/fault/lease', body: { fence, forMs } }),
    removeFault: (name, fence) =>
      unlessUnknown(act(name, { method: 'DELETE', path: '/fault', body: { fence } })),
    closeTracks: (name, fence) =>
      unlessUnknown(act(name, { method: 'DELETE', body: { fence }, timeoutMs: drainTimeoutMs })),
  };
}

async function unlessUnknown<T>(calling: Promise<T>): Promise<T | undefined> {
  try {
    return await calling;
  } catch (error) {
    if (isUnknown(error)) return undefined;
    throw error;
  }
}

async function factsUnlessUnknown(calling: Promise<string>): Promise<ServiceFacts | undefined> {
  const text = await unlessUnknown(calling);
  return text === undefined ? undefined : (JSON.parse(text) as ServiceFacts);
}

const codes: Readonly<Record<PlatformErrorCode, PartErrorCode>> = {
  'stale-fence': 'stale-fence',
  conflict: 'refused',
  drifted: 'refused',
  'not-found': 'refused',
  invalid: 'refused',
  unauthorized: 'unavailable',
  unavailable: 'unavailable',
};

function toPartError(error: unknown): unknown {
  if (!(error instanceof PlatformError)) return error;
  return new PartError(codes[error.code], error.message, { cause: error });
}

/** The platform has no such service. */
function isUnknown(error: unknown): boolean {
  return (
    error instanceof PartError &&
    error.cause instanceof PlatformError &&
    error.cause.code === 'not-found'
  );
}
