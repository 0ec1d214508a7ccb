import { daysBefore } from '../../adapters/calendar/days-between.ts';
import { isDown } from '../../contracts/objectives/downtime.ts';
import { minuteOf } from '../../contracts/objectives/minute.ts';
import type { ObjectiveStore } from '../../contracts/objectives/objective-store.ts';
import type { SloReport } from '../../contracts/objectives/slo-report.ts';
import type { PageService, StatusPage } from '../../contracts/objectives/status-page.ts';
import { isStale } from '../../policies/objectives/stale-state.ts';
import { daysOfService, uptimeOf } from '../../policies/objectives/status-page/days-of-service.ts';
import {
  pageIncidents,
  type KnownIncident,
} from '../../policies/objectives/status-page/page-incidents.ts';
import { pageMaintenances } from '../../policies/objectives/status-page/page-maintenances.ts';
import {
  lastMinutesMs,
  stateOfService,
} from '../../policies/objectives/status-page/state-of-service.ts';
import { aimInWords, valueInWords, verdictInWords } from '../../render/objectives/report-words.ts';
import type { StatusPageSpec } from '../../specs/objectives/status-page.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { isMonitored, readReport, type ReadDays } from '../objectives/read-report.ts';

const aheadMs = 90 * 86_400_000;

/** From when on incidents and maintenance are shown. */
export function pageBegins({ zone, days }: StatusPageSpec, nowMs: number): number {
  return daysBefore(nowMs, days - 1, zone);
}

interface PageSources {
  incidents: readonly KnownIncident[];
  nowMs: number;
  /** Absent: from the ledger. */
  readDays?: ReadDays;
}

/** Everything that a page shows, as of now. */
export async function collectPage(
  spec: StatusPageSpec,
  store: ObjectiveStore,
  { incidents: known, nowMs, readDays }: PageSources,
): Promise<StatusPage> {
  const { environment, zone, name, url } = spec;
  const state = await store.readState(environment);
  if (state === undefined || !isMonitored(state)) {
    throw new CliFailure(
      exitCodes.notDone,
      `No objective was measured in ${environment} yet, so there is nothing to show.`,
    );
  }
  const shown = spec.services.map(({ service }) => service);
  const unknown = shown.filter(
    (service) => !state.spec.objectives.some((each) => each.service === service),
  );
  if (unknown.length > 0) {
    throw new CliFailure(
      exitCodes.badInput,
      `No objective of ${environment} is about ${unknown.join(', ')}.`,
    );
  }
  const fromMs = pageBegins(spec, nowMs);
  const untilMs = minuteOf(Math.min(nowMs, state.atMs));
  const report = await readReport(store, state, {
    period: { fromMs, untilMs: Math.max(untilMs, fromMs), zone, isUnfinished: true },
    filter: { services: shown },
    nowMs,
    ...(readDays && { readDays }),
  });
  const exclusions = await store.listExclusions({
    ...{ environment, fromMs, untilMs: nowMs + aheadMs },
  });
  const incidents = pageIncidents(known, shown);
  const maintenances = pageMaintenances(exclusions, shown, nowMs);
  const violations = await store.listViolations({ environment });
  const { standings } = state;
  const judgedMs = standings[0]?.untilMs ?? untilMs;
  const lastMinutes = await store.listMinutes({
    ...{ environment, fromMs: judgedMs - lastMinutesMs, untilMs: judgedMs },
  });
  const { objectives } = state.spec;
  const present = { objectives, standings, violations, lastMinutes, incidents, maintenances };
  return {
    ...{ name, zone, writtenAtMs: nowMs, incidents, maintenances },
    ...(url !== undefined && { url }),
    services: spec.services.map((service) => ({
      ...servicePart(service, report),
      state: stateOfService({
        ...{ ...present, service: service.service, isStale: isStale(state, nowMs), nowMs },
      }),
    })),
  };
}

function servicePart(
  given: StatusPageSpec['services'][number],
  { objectives }: SloReport,
): Omit<PageService, 'state'> {
  const own = objectives.filter(({ service }) => service === given.service);
  const days = daysOfService(own);
  const uptime = uptimeOf(days);
  return {
    ...{ ...given, days },
    ...(uptime !== undefined && { uptime }),
    recordedByHand: recordedOf(own),
    objectives: own.map((each) => ({
      ...{ aim: aimInWords(each), value: valueInWords(each) },
      verdict: verdictInWords({ ...each.standing, certainly: false }),
    })),
  };
}

/** Each once, however many of its objectives it was recorded for. */
function recordedOf(reports: SloReport['objectives']): PageService['recordedByHand'] {
  const all = reports.flatMap(({ downtimes }) => downtimes.filter(isDown));
  return [...new Map(all.map((each) => [each.id, each])).values()]
    .map(({ fromMs, untilMs }) => ({ fromMs, untilMs }))
    .sort((one, other) => one.fromMs - other.fromMs);
}
