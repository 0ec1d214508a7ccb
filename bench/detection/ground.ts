import type { WorkflowHandle } from '@temporalio/client';

/** A platform on which releases are rolled out under load. */
export interface DetectionGround {
  /** A service whose stable release fails this share of its requests, ready to be called. */
  serve(name: string, errorShare: number): Promise<ServedShop>;
}

export interface ServedShop {
  url: string;
  /** The version of the nth release after stable. */
  versionOf(nth: number): string;
  /** Returns when its rollout may act. `written` is the rest of its spec. */
  start(release: { version: string; errorShare: number }, written: object): Promise<WorkflowHandle>;
}
