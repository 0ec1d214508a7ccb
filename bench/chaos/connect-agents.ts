import { DefaultLogger, Runtime } from '@temporalio/worker';
import { connectWorker, type WorkerConnection } from '../../src/adapters/temporal/connection.ts';
import type { MeasuredSystem } from '../system/measured-system.ts';

let isQuiet = false;

/** For agents that the benchmark runs itself. */
export async function connectAgents(system: MeasuredSystem): Promise<WorkerConnection> {
  if (!isQuiet) Runtime.install({ logger: new DefaultLogger('ERROR') });
  isQuiet = true;
  return connectWorker(system.config, system.env);
}
