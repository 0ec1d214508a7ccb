import type { OpenTracksOrder, ServiceName } from './service-tracks.ts';

/** What a front is told when it starts. */
export interface FrontSettings extends ServiceName {
  /** Of the release that stable runs. */
  version: string;
  /** On which the Service leads its requests here. */
  port: number;
  /** On which the workers ask it, and the kubelet whether it is ready. */
  controlPort: number;
  /** Its `share` is of the requests that this front gets. */
  order: OpenTracksOrder;
  /** How many pods of stable were ready when it was started. */
  readyPods: number;
}

/** In the environment of its process. */
export const frontVariables = { settings: 'BELAY_FRONT', token: 'BELAY_FRONT_TOKEN' } as const;

/** A pod of stable, which answers the requests of both tracks. */
export interface Upstream {
  host: string;
  port: number;
}

/** The front gets as many requests as each of the ready pods of stable: so many of its own are a share of all. */
export function shareOfFront(ready: number, share: number): number {
  return share * (ready + 1);
}

/** Fewer pods of stable are left, and more of the requests come to the front: by how much its shares of all have grown. */
export function growthOfShare(readyPods: { atStart: number; now: number }): number {
  return (readyPods.atStart + 1) / (readyPods.now + 1);
}

/** Of the requests of the service, that each of both tracks can have. */
export function mostOfEach(ready: number): number {
  return 0.5 / (ready + 1);
}

/** After it was told to end, it answers for as long: routers go on sending requests until they hear of it. */
export const frontSettlesMs = 5_000;

/** Requests that are open by then have had their time. */
export const frontDrainsMs = 10_000;
