import type { Worker } from '@temporalio/worker';
import type { BelayMetrics } from './belay-metrics.ts';
import type { Queue } from './count-activities.ts';

export interface MeasuredWorker {
  queue: Queue;
  worker: Pick<Worker, 'getStatus'>;
  /** The largest number of concurrent activities. */
  slots: number;
}

export function refreshWorkerGauges(
  metrics: BelayMetrics,
  workers: MeasuredWorker[],
): () => Promise<void> {
  return async () => {
    let cached = 0;
    for (const { queue, worker, slots } of workers) {
      const status = worker.getStatus();
      metrics.polling.set({ queue }, status.runState === 'RUNNING' ? 1 : 0);
      metrics.slots.set({ queue }, slots);
      metrics.slotsUsed.set({ queue }, status.numInFlightNonLocalActivities);
      cached += status.numCachedWorkflows;
    }
    metrics.cachedWorkflows.set(cached);
  };
}
