import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import { watchTaskQueue } from '../../../src/contracts/kernel/task-queues.ts';
import type { MonitorActivities, MonitorNews } from '../../../src/contracts/objectives/monitor.ts';
import type { SloMonitorSpec } from '../../../src/specs/objectives/objective.ts';
import type { MonitorRun } from './monitor-run.ts';

const hourMs = 3_600_000;
/** A worker that died is missed after this. Each heartbeat is a Temporal Action: about 900 a day. */
const heartbeatMs = 120_000;

/** Until a violation opens or closes, or an hour is over. */
export function watchUntilNews(run: MonitorRun, spec: SloMonitorSpec): Promise<MonitorNews> {
  const { watchObjectives } = proxyActivities<MonitorActivities>({
    taskQueue: watchTaskQueue(workflowInfo().taskQueue),
    startToCloseTimeout: hourMs + 10 * 60_000,
    heartbeatTimeout: heartbeatMs,
    retry: { initialInterval: '1s', maximumInterval: '1 min' },
    summary: `measure the objectives of ${spec.environment}`,
  });
  const { told, details } = run.memory;
  const saidUnjudged = details.isUnjudged === true;
  return watchObjectives({ spec, forMs: hourMs, told, ...(saidUnjudged && { saidUnjudged }) });
}
