import { listReports } from '../../contracts/rollouts/list-reports.ts';
import type { Connections } from '../connections.ts';
import { chooseEnvironment, type ServiceName, type TypedName } from '../service-name.ts';
import { listEnvironments } from './list-rollouts.ts';

/** Fills the environment in, from the open and the past rollouts of services of this name. */
export async function findService(typed: TypedName, to: Connections): Promise<ServiceName> {
  const { service, environment } = typed;
  if (environment !== undefined) return { service, environment };
  const [run, reported] = await Promise.allSettled([
    to.temporal().then((client) => listEnvironments(client, service)),
    listReports(to.ledger, { service, each: 1 }).then((reports) =>
      reports.map(({ subject }) => subject.environment),
    ),
  ]);
  const environments = [...known(run), ...known(reported)];
  if (environments.length === 0 && run.status === 'rejected') throw run.reason;
  return chooseEnvironment(service, environments);
}

function known(answer: PromiseSettledResult<string[]>): string[] {
  return answer.status === 'fulfilled' ? answer.value : [];
}
