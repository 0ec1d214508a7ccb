import type { ActivityInterceptorsFactory, InjectedSinks } from '@temporalio/worker';
import type { Sinks } from '@temporalio/workflow';
import type { Tracing } from '../../adapters/telemetry/tracing-interface.ts';
import { createRunSpans } from './run-spans.ts';
import { traceActivities } from './trace-activities.ts';
import { traceWorkflows, untracedWorkflows } from './trace-workflows.ts';

export interface TracedWorker {
  activity: ActivityInterceptorsFactory[];
  sinks: InjectedSinks<Sinks>;
}

/** The interceptors and sinks with which a worker traces; almost free if its process does not trace. */
export function traceWorker(tracing: Tracing | undefined): TracedWorker {
  if (tracing === undefined) return { activity: [], sinks: untracedWorkflows };
  const runs = createRunSpans(tracing);
  return { activity: [traceActivities(runs)], sinks: traceWorkflows(runs) };
}
