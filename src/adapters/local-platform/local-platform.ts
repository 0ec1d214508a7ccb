import type { FaultsBody } from '../../contracts/rollouts/local-platform.ts';
import type { Guard } from '../../contracts/kernel/breakers.ts';
import {
  PlatformError,
  type Platform,
  type ServiceRef,
  type ServiceState,
  type WeightOutcome,
} from '../../contracts/rollouts/platform.ts';
import type { Track } from '../../contracts/rollouts/traffic.ts';
import { createApiClient, type ApiCall } from './api-client.ts';
import type { LocatePlatform } from './locate.ts';
import { parsePrometheus, type ExposedSample } from '../prometheus-text/parse-prometheus.ts';
import { toTrafficSnapshot } from './traffic-snapshot.ts';

type Name = Pick<ServiceRef, 'environment' | 'service'>;

export interface LocalPlatform extends Platform {
  /** Every service, owned or not. */
  listServices(): Promise<ServiceState[]>;
  /** What the router counts of a service, each series by itself. */
  readMetrics(name: Name): Promise<ExposedSample[]>;
  /** The last lines of what replicas wrote; of all replicas where none is named. */
  readLogs(name: Name, query?: LogQuery): Promise<string>;
  /** Replaces what the router injects into the requests of one track. */
  injectFaults(name: Name, faults: FaultsBody): Promise<void>;
  /** Stops a service that no rollout holds, and forgets it. */
  forgetService(name: Name): Promise<void>;
}

export interface LogQuery {
  track?: Track;
  replica?: string;
  lines?: number;
}

export interface LocalPlatformOptions {
  locate: LocatePlatform;
  /** How long one call may take; those that drain replicas have longer. */
  timeoutMs?: number;
  guard?: Guard;
}

type Request = Omit<ApiCall, 'timeoutMs'> & { timeoutMs?: number };

/** A drain may take as long as the longest open request. */
const drainTimeoutMs = 30_000;

export function createLocalPlatform({
  locate,
  timeoutMs = 5_000,
  guard,
}: LocalPlatformOptions): LocalPlatform {
  const callApi = createApiClient(locate, guard);
  const call = (request: Request) => callApi({ timeoutMs, ...request });
  const callJson = async <T>(request: Request): Promise<T> => JSON.parse(await call(request)) as T;
  const act = async (request: Request): Promise<void> => {
    await call(request);
  };
  const listServices = () => callJson<ServiceState[]>({ path: '/v1/services' });
  const readMetrics = async ({ environment, service }: Name) =>
    wholePage(await call({ path: `/metrics/${part(environment)}/${part(service)}` }));

  return {
    listServices,

    async readService(ref) {
      try {
        return await callJson<ServiceState>({ path: pathOf(ref) });
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    },

    async listOwned() {
      const services = await listServices();
      return services.flatMap(({ environment, service, owner }) =>
        owner ? [{ environment, service, owner, target: { platform: 'local' as const } }] : [],
      );
    },

    claim: (ref, fence, workflowId, kind) =>
      callJson<ServiceState>({
        method: 'POST',
        path: `${pathOf(ref)}/claim`,
        body: {
          fence,
          workflowId,
          kind,
          ...(ref.target.port !== undefined && { port: ref.target.port }),
          ...('chaos' in ref.target && { chaos: ref.target.chaos }),
        },
      }),

    async releaseService(ref, fence) {
      try {
        await act({ method: 'POST', path: `${pathOf(ref)}/let-go`, body: { fence } });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    },

    async applyCanary(ref, fence, canary) {
      const { replicas } = canary;
      if (typeof replicas !== 'number') {
        throw new PlatformError('invalid', 'the local platform must be told how many replicas');
      }
      await act({ method: 'PUT', path: `${pathOf(ref)}/canary`, body: { fence, canary } });
      return { replicas };
    },

    setWeight: (ref, fence, weight) =>
      callJson<WeightOutcome>({
        method: 'PUT',
        path: `${pathOf(ref)}/weight`,
        body: { fence, weight },
      }),

    removeCanary: (ref, fence) =>
      act({
        method: 'DELETE',
        path: `${pathOf(ref)}/canary`,
        body: { fence },
        timeoutMs: drainTimeoutMs,
      }),

    async promoteCanary(ref, fence) {
      await act({
        method: 'POST',
        path: `${pathOf(ref)}/promote`,
        body: { fence },
        timeoutMs: drainTimeoutMs,
      });
      return 'done';
    },

    settlePromotion: () => Promise.resolve(),

    revertPromotion: () => Promise.resolve('done'),

    replaceStable: () => Promise.reject(nothingInPlace()),

    restoreReplaced: () => Promise.resolve('done'),

    correctDrift: () => Promise.resolve(),

    readMetrics,

    async readTraffic(name) {
      return toTrafficSnapshot(await readMetrics(name), Date.now());
    },

    readLogs: (name, query = {}) => {
      const given = Object.entries(query).map(([key, value]): [string, string] => [
        key,
        String(value),
      ]);
      return call({ path: `${pathOf(name)}/logs?${new URLSearchParams(given).toString()}` });
    },

    injectFaults: (name, faults) =>
      act({ method: 'PUT', path: `${pathOf(name)}/faults`, body: faults }),

    forgetService: (name) =>
      act({ method: 'DELETE', path: pathOf(name), timeoutMs: drainTimeoutMs }),
  };
}

function wholePage(text: string): ExposedSample[] {
  const { samples, unreadable } = parsePrometheus(text);
  if (unreadable.length === 0) return samples;
  throw new PlatformError('unavailable', 'the metrics of the local platform cannot be read');
}

function nothingInPlace(): PlatformError {
  return new PlatformError('invalid', 'the local platform changes no release in place');
}

function isNotFound(error: unknown): boolean {
  return error instanceof PlatformError && error.code === 'not-found';
}

function pathOf({ environment, service }: Name): string {
  return `/v1/services/${part(environment)}/${part(service)}`;
}

function part(name: string): string {
  return encodeURIComponent(name);
}
