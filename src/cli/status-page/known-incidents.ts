import type { RunReport } from '../../contracts/kernel/report.ts';
import type { IncidentFacts, IncidentStatus } from '../../contracts/recovery/incident.ts';
import type { KnownIncident } from '../../policies/objectives/status-page/page-incidents.ts';
import { isClosedIncident } from '../incidents/read-incident.ts';

/** Where incidents are known. */
export interface IncidentSources {
  /** Those that are open, by workflow ID. */
  listOpen(): Promise<string[]>;
  /** Of one that is open, or that was until a moment ago. */
  ask(workflowId: string): Promise<IncidentStatus>;
  /** Reports of those that have ended. */
  listEnded(): Promise<RunReport[]>;
}

/** When the page is built, and from when on it shows incidents. */
export interface ShownTime {
  nowMs: number;
  sinceMs: number;
}

/** What was known when the page was built last. */
export interface KnownBefore {
  /** Incidents without a report, by workflow ID; by the reference of the run where a later one has that ID. */
  incidents: Map<string, KnownIncident>;
  /** Every incident that was open at some build was known: none that has said anything is missing. */
  isWhole: boolean;
}

export function nothingBefore(): KnownBefore {
  return { incidents: new Map(), isWhole: false };
}

/**
 * Every incident, open and ended ones. Open ones are listed first, so that one which ends meanwhile is
 * among the reports, or is known by what it said. One that does not answer stays as it was before; one
 * that has begun since and has never answered is left out, as nobody can have published anything of it.
 */
export async function readKnownIncidents(
  { listOpen, ask, listEnded }: IncidentSources,
  knownBefore: KnownBefore,
  { nowMs, sinceMs }: ShownTime,
): Promise<KnownIncident[]> {
  const { incidents: before, isWhole } = knownBefore;
  const open = await listOpen();
  for (const workflowId of new Set([...open, ...before.keys()])) {
    const last = before.get(workflowId);
    const isOpen = open.includes(workflowId);
    if (!isOpen && last !== undefined && lastMomentOf(last) < sinceMs) before.delete(workflowId);
    else if (last?.endedAtMs === undefined || isOpen) {
      const incident = await askOr(() => ask(workflowId), last, { isWhole, nowMs });
      if (incident === undefined) continue;
      before.set(workflowId, incident);
      // Its run was terminated, and somebody has declared the same incident again.
      if (last !== undefined && last.runRef !== incident.runRef) {
        before.set(last.runRef, { endedAtMs: incident.startedAtMs, ...last });
      }
    }
  }
  knownBefore.isWhole = true;
  const known = new Map([...before.values()].map((each) => [each.runRef, each]));
  for (const report of (await listEnded()).filter(isClosedIncident)) {
    const { runRef, workflowId, startedAtMs, endedAtMs, details } = report;
    known.set(runRef, { runRef, startedAtMs, endedAtMs, ...shownOf(details) });
    if (before.get(workflowId)?.runRef === runRef) before.delete(workflowId);
    before.delete(runRef);
  }
  return [...known.values()];
}

function lastMomentOf({ startedAtMs, endedAtMs = startedAtMs, published }: KnownIncident): number {
  return Math.max(endedAtMs, published?.at(-1)?.atMs ?? 0);
}

/**
 * Undefined where there is nothing to know of it yet. One that does not say how it ended is open, also
 * where its run was terminated: nobody has published that it is over.
 */
async function askOr(
  ask: () => Promise<IncidentStatus>,
  before: KnownIncident | undefined,
  { isWhole, nowMs }: { isWhole: boolean; nowMs: number },
): Promise<KnownIncident | undefined> {
  try {
    const { runRef, startedAtMs, outcome, incident } = await ask();
    if (incident === undefined) return undefined;
    const endedAtMs = incident.moments.resolved?.at(-1)?.happenedAtMs ?? nowMs;
    const hasEnded = outcome !== undefined;
    return { runRef, startedAtMs, ...(hasEnded && { endedAtMs }), ...shownOf(incident) };
  } catch (error) {
    if (before === undefined && !isWhole) throw error;
    return before;
  }
}

/** Of an incident as it is known inside, what the page may need. */
function shownOf({ services, severity, moments, published, publicTitle }: IncidentFacts) {
  const impactAtMs = moments.impact?.at(-1)?.happenedAtMs;
  return {
    ...{ services, severity },
    ...(impactAtMs !== undefined && { impactAtMs }),
    ...(published && { published }),
    ...(publicTitle !== undefined && { publicTitle }),
  };
}
