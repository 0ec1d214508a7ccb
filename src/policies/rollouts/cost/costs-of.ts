import type { RolloutCost, ServiceCost } from '../../../contracts/rollouts/cost.ts';
import type { RolloutReport } from '../../../contracts/rollouts/report.ts';
import { costOfRollout } from './cost-of-rollout.ts';

/** Of a replica-hour. */
export interface Prices {
  /** Of services without one of their own. */
  usual?: number;
  /** By `<environment>/<service>`, or by the service alone. */
  services: Readonly<Record<string, number>>;
}

interface CostPeriod {
  fromMs: number;
  untilMs: number;
}

/** Of rollouts that ended in a period, for each service by its name. */
export function costsOf(
  reports: readonly RolloutReport[],
  { fromMs, untilMs }: CostPeriod,
  prices: Prices,
): ServiceCost[] {
  const services = new Map<string, RolloutReport[]>();
  for (const report of reports) {
    if (report.endedAtMs < fromMs || report.endedAtMs >= untilMs) continue;
    const key = `${report.subject.environment}/${report.subject.name}`;
    const known = services.get(key);
    if (known === undefined) services.set(key, [report]);
    else known.push(report);
  }
  return [...services]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([, ofService]) => costOfService(ofService, prices));
}

function costOfService(reports: readonly RolloutReport[], prices: Prices): ServiceCost[] {
  const [first] = reports;
  if (first === undefined) return [];
  const { environment, name: service } = first.subject;
  const rollouts = reports.map(costOfRollout).sort((one, other) => other.endedAtMs - one.endedAtMs);
  const known = rollouts.filter(({ unknown }) => unknown === undefined);
  const extra = sum(known, ({ extraReplicaHours = 0 }) => extraReplicaHours);
  const steady = sum(known, ({ steadyReplicaHours = 0 }) => steadyReplicaHours);
  const own = [`${environment}/${service}`, service].find((name) =>
    Object.hasOwn(prices.services, name),
  );
  const price = own === undefined ? prices.usual : prices.services[own];
  return [
    {
      ...{ environment, service, rollouts, unknown: rollouts.length - known.length },
      ...(known.length > 0 && { extraReplicaHours: extra }),
      ...(steady > 0 && { share: extra / steady }),
      ...(known.length > 0 && price !== undefined && { price: extra * price }),
    },
  ];
}

function sum(costs: readonly RolloutCost[], of: (cost: RolloutCost) => number): number {
  return costs.reduce((total, each) => total + of(each), 0);
}
