import { isDeepStrictEqual } from 'node:util';
import type { Fence } from '../../src/contracts/kernel/fence.ts';
import type {
  CanaryRequest,
  Platform,
  Replacement,
  ServiceRef,
  ServiceState,
  TrackState,
  UpdateProgress,
  UpdateState,
} from '../../src/contracts/rollouts/platform.ts';
import { PlatformError } from '../../src/contracts/rollouts/platform.ts';
import type { TrafficSnapshot } from '../../src/contracts/rollouts/traffic.ts';
import type { Release } from '../../src/specs/rollouts/release.ts';
import type { SpecKind } from '../../src/kinds/workflow-types.ts';
import { notReady, readyOf, requirePromotable, type Service } from './memory-service.ts';
import { MemoryTraffic } from './memory-traffic.ts';

/** A platform in memory, for those who only need a neighbour that keeps the contract. */
export class MemoryPlatform implements Platform {
  /** Every act that was accepted, in order. */
  readonly acts: string[] = [];
  readonly traffic = new MemoryTraffic();
  /** Versions whose replicas never become ready. */
  readonly neverReady = new Set<string>();
  /** Versions that stable cannot take over. */
  readonly neverComplete = new Set<string>();
  /** Makes the named act fail until it is removed. */
  readonly broken = new Map<string, PlatformError>();
  private readonly services = new Map<string, Service>();
  /** `in-steps`: stable takes a release over while the canary serves, as on Kubernetes. */
  private readonly takesOver: 'at-once' | 'in-steps';

  private get target(): ServiceRef['target'] {
    return this.takesOver === 'at-once'
      ? { platform: 'local' }
      : { platform: 'kubernetes', namespace: 'shop', metrics: { path: '/metrics' } };
  }

  constructor(takesOver: 'at-once' | 'in-steps' = 'at-once') {
    this.takesOver = takesOver;
  }

  serve(ref: ServiceRef, release: Release, replicas = 1): void {
    this.services.set(key(ref), {
      service: ref.service,
      environment: ref.environment,
      revision: 1,
      stable: this.track(release, replicas),
      canaryWeight: 0,
      kept: [],
      fence: { rolloutId: '', step: 0 },
    });
  }

  state(ref: ServiceRef): ServiceState {
    const service = this.services.get(key(ref));
    if (service === undefined) throw new PlatformError('not-found', `no service ${key(ref)}`);
    return service;
  }

  async readService(ref: ServiceRef): Promise<ServiceState | undefined> {
    const found = this.services.get(key(ref));
    return Promise.resolve(found && structuredClone(found));
  }

  async listOwned(): ReturnType<Platform['listOwned']> {
    return Promise.resolve(
      [...this.services.values()].flatMap(({ service, environment, owner }) =>
        owner === undefined ? [] : [{ service, environment, target: this.target, owner }],
      ),
    );
  }

  async claim(
    ref: ServiceRef,
    fence: Fence,
    workflowId: string,
    kind?: SpecKind,
  ): Promise<ServiceState> {
    this.failIfBroken('claim');
    const found: Service = this.services.get(key(ref)) ?? {
      service: ref.service,
      environment: ref.environment,
      revision: 0,
      canaryWeight: 0,
      kept: [],
      fence,
    };
    const isOurs = fence.rolloutId === found.fence.rolloutId;
    const isNew = !this.services.has(key(ref));
    if (!isNew && (isOurs ? fence.step < found.fence.step : fence.step <= found.fence.step)) {
      throw new PlatformError('stale-fence', `the claim at step ${fence.step} comes too late`);
    }
    found.fence = fence;
    found.owner = { ...fence, workflowId, ...(kind && { kind }) };
    this.services.set(key(ref), found);
    this.acts.push('claim');
    return Promise.resolve(structuredClone(found));
  }

  async releaseService(ref: ServiceRef, fence: Fence): Promise<void> {
    const held = this.services.get(key(ref));
    if (held?.owner?.rolloutId !== fence.rolloutId) {
      this.failIfBroken('release');
      return;
    }
    const service = this.enter('release', ref, fence);
    delete service.owner;
    delete service.update;
    delete service.before;
    return Promise.resolve();
  }

  async applyCanary(
    ref: ServiceRef,
    fence: Fence,
    canary: CanaryRequest,
  ): Promise<{ replicas: number }> {
    const service = this.enter('applyCanary', ref, fence, ({ canary: running }) => {
      if (running === undefined || isDeepStrictEqual(running.release, canary.release)) return;
      throw new PlatformError('conflict', `a canary of ${running.release.version} is there`);
    });
    const replicas = typeof canary.replicas === 'number' ? canary.replicas : 2;
    service.canary = this.track(canary.release, replicas);
    return Promise.resolve({ replicas });
  }

  async setWeight(
    ref: ServiceRef,
    fence: Fence,
    weight: number,
  ): ReturnType<Platform['setWeight']> {
    const service = this.enter(`setWeight ${weight}`, ref, fence, ({ canary }) => {
      if (weight === 0) return;
      if (canary === undefined) throw new PlatformError('conflict', 'there is no canary');
      if (readyOf(canary) === 0) throw notReady(canary);
    });
    this.traffic.count(key(ref), service);
    service.canaryWeight = weight;
    return Promise.resolve({ verified: true as const, weight });
  }

  async removeCanary(ref: ServiceRef, fence: Fence): Promise<void> {
    const service = this.enter('removeCanary', ref, fence, ({ canaryWeight }) => {
      if (canaryWeight > 0) throw new PlatformError('conflict', 'the canary has weight');
    });
    delete service.canary;
    return Promise.resolve();
  }

  async promoteCanary(ref: ServiceRef, fence: Fence): Promise<UpdateProgress> {
    const hasPromoted = (service: Service) => service.promotedBy === fence.rolloutId;
    const service = this.enter('promote', ref, fence, (found) => {
      if (!hasPromoted(found)) requirePromotable(found);
    });
    const { canary } = service;
    if (hasPromoted(service) || canary === undefined) {
      return Promise.resolve(service.update === undefined ? 'done' : 'under-way');
    }
    this.giveStable(service, canary.release, 'promoting');
    service.promotedBy = fence.rolloutId;
    if (this.takesOver === 'in-steps') return Promise.resolve('under-way');
    this.dropCanary(service);
    return Promise.resolve('done');
  }

  async settlePromotion(ref: ServiceRef, fence: Fence): Promise<void> {
    const service = this.enter('settle', ref, fence, ({ update }) => {
      if (update?.complete === false) throw new PlatformError('unavailable', 'not complete');
    });
    this.dropCanary(service);
    return Promise.resolve();
  }

  async revertPromotion(ref: ServiceRef, fence: Fence): Promise<UpdateProgress> {
    const service = this.enter('revert', ref, fence);
    return Promise.resolve(this.giveBack(service, 'reverting'));
  }

  async replaceStable(
    ref: ServiceRef,
    fence: Fence,
    { release, how }: Replacement,
  ): Promise<UpdateProgress> {
    this.giveStable(this.enter(how, ref, fence), release, 'replacing');
    return Promise.resolve('under-way');
  }

  async restoreReplaced(ref: ServiceRef, fence: Fence): Promise<UpdateProgress> {
    return Promise.resolve(this.giveBack(this.enter('restore', ref, fence), 'replacing'));
  }

  async correctDrift(ref: ServiceRef, fence: Fence): Promise<void> {
    delete this.enter('correct drift', ref, fence).drift;
    return Promise.resolve();
  }

  private giveStable(service: Service, release: Release, kind: UpdateState['kind']): void {
    const { stable } = service;
    if (service.update === undefined && stable !== undefined) service.before = stable.release;
    const wanted = service.canary?.wanted ?? stable?.wanted ?? 1;
    if (stable !== undefined) {
      service.kept.unshift({
        revision: service.revision,
        release: stable.release,
        wanted: stable.wanted,
        replacedAtMs: Date.now(),
      });
    }
    service.stable = this.track(release, wanted);
    service.revision += 1;
    const isComplete = !this.neverComplete.has(release.version);
    service.update = {
      kind,
      complete: isComplete,
      updated: isComplete ? wanted : 0,
      wanted,
      ...(!isComplete && { trouble: 'no room on any node' }),
    };
  }

  private giveBack(service: Service, kind: UpdateState['kind']): UpdateProgress {
    const { before, stable, update } = service;
    if (update === undefined || before === undefined) return 'done';
    delete service.promotedBy;
    if (stable?.release !== before) this.giveStable(service, before, kind);
    return 'under-way';
  }

  private dropCanary(service: Service): void {
    service.canaryWeight = 0;
    delete service.canary;
    delete service.update;
    delete service.before;
  }

  async readTraffic(ref: ServiceRef): Promise<TrafficSnapshot> {
    this.failIfBroken('readTraffic');
    return Promise.resolve(this.traffic.read(key(ref), this.services.get(key(ref))));
  }

  /** `check` throws where the service's state does not allow the act. */
  private enter(
    act: string,
    ref: ServiceRef,
    fence: Fence,
    check: (service: Service) => void = () => {},
  ): Service {
    this.failIfBroken(act);
    const service = this.services.get(key(ref));
    if (service === undefined) throw new PlatformError('not-found', `no service ${key(ref)}`);
    if (fence.rolloutId !== service.fence.rolloutId || fence.step < service.fence.step) {
      throw new PlatformError('stale-fence', `${act} at step ${fence.step} comes too late`);
    }
    check(service);
    service.fence = fence;
    if (service.owner !== undefined) service.owner.step = fence.step;
    this.acts.push(act);
    return service;
  }

  private failIfBroken(act: string): void {
    const error = this.broken.get(act);
    if (error !== undefined) throw error;
  }

  private track(release: Release, wanted: number): TrackState {
    const ready = !this.neverReady.has(release.version);
    const trouble = ready ? {} : { trouble: 'exit code 1: cannot find module shop' };
    return {
      release,
      wanted,
      replicas: Array.from({ length: wanted }, (_, i) => ({
        name: `${release.version}-${i}`,
        ready,
        restarts: 0,
        ...trouble,
      })),
    };
  }
}

function key({ environment, service }: ServiceRef): string {
  return `${environment}/${service}`;
}
