import { Context, log } from '@temporalio/activity';
import type { Ledger } from '../../src/contracts/kernel/ledger.ts';
import type { IndicatorReaders } from '../../src/contracts/objectives/indicator-readers.ts';
import type { MonitorActivities } from '../../src/contracts/objectives/monitor.ts';
import type { ObjectiveStore } from '../../src/contracts/objectives/objective-store.ts';
import { ObjectiveMonitor } from './support/objective-monitor.ts';
import { createWorkerMemory } from './support/worker-memory.ts';

export function createMonitorActivities(
  store: ObjectiveStore,
  readers: IndicatorReaders,
  ledger: Pick<Ledger, 'list'>,
): MonitorActivities {
  const memoryOf = createWorkerMemory();
  return {
    watchObjectives: (order) => {
      const context = Context.current();
      const monitor = new ObjectiveMonitor(order, {
        ...{ store, readers, ledger, memory: memoryOf(order.spec.environment) },
        attemptAtMs: context.info.currentAttemptScheduledTimestampMs,
        now: () => Date.now(),
        sleep: (ms) => context.sleep(ms),
        pause: () => new Promise((resolve) => setImmediate(resolve)),
        signal: context.cancellationSignal,
        onLook: () => context.heartbeat(),
        warn: (message) => {
          log.warn(message);
        },
      });
      return monitor.watch();
    },
  };
}
