import type { Delivery, Share, Week } from '../../../contracts/rollouts/delivery.ts';
import type { RolloutReport } from '../../../contracts/rollouts/report.ts';
import { changesOf, type Deployment } from './changes-of.ts';
import { distributionOf } from './distribution.ts';

/** What is asked about: weeks in order, the last of which may not be over. */
export interface Period {
  weeks: readonly Week[];
  /** Now, or the end of what is asked about. */
  untilMs: number;
}

/** For each service of each environment, by name. `reports` may begin earlier and end later than the period. */
export function deliveriesOf(reports: readonly RolloutReport[], period: Period): Delivery[] {
  const services = new Map<string, RolloutReport[]>();
  for (const report of reports) {
    const { environment, name } = report.subject;
    const key = `${environment}/${name}`;
    const ofService = services.get(key);
    if (ofService === undefined) services.set(key, [report]);
    else ofService.push(report);
  }
  return [...services]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([, ofService]) => deliveryOf(ofService, period));
}

function deliveryOf(reports: readonly RolloutReport[], { weeks, untilMs }: Period): Delivery[] {
  const [subject] = reports.map((report) => report.subject);
  const fromMs = weeks[0]?.fromMs ?? untilMs;
  const isWithin = (atMs: number) => fromMs <= atMs && atMs < untilMs;
  const changes = changesOf(reports);
  const deployments = changes.deployments.filter(({ servedAtMs }) => isWithin(servedAtMs));
  const rework = changes.rework.filter(({ atMs }) => isWithin(atMs));
  const caught = changes.caught.filter(({ atMs }) => isWithin(atMs)).length;
  if (subject === undefined || deployments.length + rework.length + caught === 0) return [];
  const failed = deployments.filter(({ takenBack }) => takenBack !== undefined);
  const recoveries = failed.flatMap(recoveryOf);
  const leads = deployments.map(leadTimesOf);
  // Less than a week says nothing of a week.
  const elapsedWeeks = Math.max(1, (untilMs - fromMs) / weekMs);
  return [
    {
      ...{ environment: subject.environment, service: subject.name },
      deployments: deployments.length,
      weeks: weeks.map((week) => {
        const isInWeek = (atMs: number) => week.fromMs <= atMs && atMs < week.toMs;
        const served = deployments.filter(({ servedAtMs }) => isInWeek(servedAtMs));
        return {
          ...week,
          deployments: served.length,
          failed: served.filter((deployment) => failed.includes(deployment)).length,
          rework: rework.filter(({ atMs }) => isInWeek(atMs)).length,
        };
      }),
      deploymentsPerWeek: deployments.length / elapsedWeeks,
      leadTime: {
        ...distributionOf(leads.flat()),
        unknown: leads.filter((times) => times.length === 0).length,
      },
      changeFailRate: shareOf(failed.length, deployments.length),
      recoveryTime: {
        ...distributionOf(recoveries),
        unknown: failed.length - recoveries.length,
      },
      reworkRate: shareOf(rework.length, deployments.length + rework.length),
      caught,
    },
  ];
}

const weekMs = 7 * 86_400_000;

/** None for the first release of a service, whose commits may be the work of years. */
function leadTimesOf({ commits, servedAtMs, previousVersion }: Deployment): number[] {
  if (previousVersion === undefined) return [];
  return commits
    .map(({ committedAtMs }) => servedAtMs - committedAtMs)
    .filter((leadMs) => leadMs >= 0);
}

function recoveryOf({ takenBack, servedAtMs }: Deployment): number[] {
  return takenBack?.atMs === undefined ? [] : [takenBack.atMs - servedAtMs];
}

function shareOf(count: number, of: number): Share {
  return { count, of, ...(of > 0 && { share: count / of }) };
}
