import { connectClient, type ConnectedClient } from '../../adapters/temporal/connection.ts';
import { findEndpoint } from '../../adapters/temporal/endpoint.ts';
import { countPollers } from '../../adapters/temporal/pollers.ts';
import { missingSearchAttributes } from '../../adapters/temporal/search-attributes.ts';
import { TemporalUnreachable } from '../../adapters/temporal/unreachable.ts';
import type { Config } from '../../config/config.ts';
import { InvalidConfig } from '../../config/load-config.ts';
import { alertTaskQueue } from '../../contracts/kernel/messages.ts';
import { watchTaskQueue } from '../../contracts/kernel/task-queues.ts';
import { checkWorkerVersion } from './check-worker-version.ts';
import { checkLocalUsers } from './check-local-users.ts';
import { fail, messageOf, ok, type Finding } from './finding.ts';

const origins = {
  settings: 'from the TEMPORAL_* settings',
  up: 'of `belay up`',
  default: 'the usual address',
} as const;

/** The server, what it must know, and who works for it. */
export async function checkTemporal(config: Config): Promise<Finding[]> {
  const server = 'Temporal server';
  let client: ConnectedClient;
  try {
    client = await connectClient(config);
  } catch (error) {
    if (error instanceof InvalidConfig) {
      return [fail(server, 'not asked: settings cannot be used', error.message)];
    }
    if (!(error instanceof TemporalUnreachable)) throw error;
    return [fail(server, `no answer at ${error.endpoint.address}`, error.advice)];
  }
  try {
    const { address, source } = await findEndpoint(config);
    const { serverVersion } = await client.workflowService.getSystemInfo({});
    return [
      ok(server, `${serverVersion} at ${address}, ${origins[source]}`),
      ...checkLocalUsers({ address, source }),
      await checkSearchAttributes(client),
      ...(await checkWorkers(client, config)),
      ...(await checkWorkerVersion(client, config.workerDeployment)),
    ];
  } catch (error) {
    return [fail(server, messageOf(error), 'Check its log, and the rights of these settings.')];
  } finally {
    await client.connection.close();
  }
}

async function checkSearchAttributes(client: ConnectedClient): Promise<Finding> {
  const check = 'Search attributes';
  const { namespace } = client.options;
  try {
    const missing = await missingSearchAttributes(client.connection, namespace);
    if (missing.length === 0) return ok(check, `all registered in namespace ${namespace}`);
    return fail(
      check,
      `${missing.join(', ')} missing in namespace ${namespace}`,
      'A worker registers them when it starts: `belay worker`.',
    );
  } catch (error) {
    return fail(check, messageOf(error), 'See docs/operations.md on the rights Belay needs.');
  }
}

async function checkWorkers(client: ConnectedClient, { taskQueue }: Config): Promise<Finding[]> {
  const queues = [
    { taskQueue, type: 'workflow' },
    { taskQueue, type: 'activity' },
    { taskQueue: watchTaskQueue(taskQueue), type: 'activity' },
    { taskQueue: alertTaskQueue(taskQueue), type: 'activity' },
  ] as const;
  return Promise.all(
    queues.map(async (queue) => {
      const check = `Workers (${queue.taskQueue}, ${queue.type})`;
      const count = await countPollers(client, queue);
      if (count > 0) return ok(check, `${count} polling`);
      return fail(check, 'no pollers', 'Start one: `belay up`, or `belay worker`.');
    }),
  );
}
