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

/** What was known when the page was built last. */
export interface KnownBefore {
  /** Incidents without a report, by workflow ID. */
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
  nowMs: number,
): Promise<KnownIncident[]> {
  const { incidents: before, isWhole } = knownBefore;
  const open = await listOpen();
  for (const workflowId of new Set([...open, ...before.keys()])) {
    const last = before.get(workflowId);
    const isOpen = open.includes(workflowId);
    if (last?.endedAtMs !== undefined && !isOpen) continue;
    const incident = await askOr(() => ask(workflowId), last, { isOpen, isWhole, nowMs });
    if (incident !== undefined) before.set(workflowId, incident);
  }
  knownBefore.isWhole = true;
  const known = new Map([...before.values()].map((each) => [each.runRef, each]));
  for (const report of (await listEnded()).filter(isClosedIncident)) {
    const { runRef, workflowId, startedAtMs, endedAtMs, details } = report;
    known.set(runRef, { runRef, startedAtMs, endedAtMs, ...shownOf(details) });
    if (before.get(workflowId)?.runRef === runRef) before.delete(workflowId);
  }
  return [...known.values()];
}

/** Undefined where there is nothing to know of it yet. */
async function askOr(
  ask: () => Promise<IncidentStatus>,
  before: KnownIncident | undefined,
  { isOpen, isWhole, nowMs }: { isOpen: boolean; isWhole: boolean; nowMs: number },
): Promise<KnownIncident | undefined> {
  try {
    const { runRef, startedAtMs, outcome, incident } = await ask();
    if (incident === undefined) return undefined;
    // One that is no longer listed was terminated, if it does not say how it ended.
    const hasEnded = outcome !== undefined || !isOpen;
    const endedAtMs = incident.moments.resolved?.at(-1)?.happenedAtMs ?? nowMs;
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
