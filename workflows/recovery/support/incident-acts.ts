import { proxyActivities } from '@temporalio/workflow';
import type { IncidentActivities } from '../../../src/contracts/recovery/incident.ts';
import { incidentLook } from '../../../src/policies/recovery/incidents/incident-look.ts';
import type { UndoTable } from '../../kernel/undos.ts';
import type { IncidentRun } from './incident-run.ts';

/** Nothing waits longer than this for the ledger. */
const { readAround } = proxyActivities<IncidentActivities>({
  startToCloseTimeout: '10 s',
  scheduleToCloseTimeout: '20 s',
  retry: { initialInterval: 500 },
  summary: 'what ran around it',
});

const { freezeForIncident, thawForIncident } = proxyActivities<IncidentActivities>({
  startToCloseTimeout: '15 s',
  scheduleToCloseTimeout: '10 min',
  retry: { initialInterval: 1_000, maximumInterval: '30 s' },
});

export function undosOf({ id }: IncidentRun): UndoTable {
  return {
    thaw: (environment: string) => thawForIncident({ environment, runRef: id }),
  };
}

/** What ran around it. A ledger that is away is said, and asked again at the end. */
export async function readRunsAround(run: IncidentRun): Promise<void> {
  const { environment } = run.status.subject;
  const { moments } = run.known;
  try {
    const around = await readAround(incidentLook({ environment, moments }));
    const { aroundMissing: _, ...facts } = run.known;
    run.change({ ...facts, around });
  } catch (error) {
    run.change({ ...run.known, aroundMissing: 'the ledger did not answer' });
    throw error;
  }
}

/** Freezes what its spec says, while it is severe and not over. */
export function keepFreeze(run: IncidentRun): void {
  const { spec, known } = run;
  if (spec === undefined || spec.freeze === 'no') return;
  const isSevere = known.severity === 'sev1' || known.severity === 'sev2';
  const isOver = known.phase === 'resolved';
  const isFrozen = !run.undo.isEmpty();
  const { environment } = spec;
  if (isSevere && !isOver && !isFrozen) {
    run.undo.arm('thaw what the incident froze', 'thaw', environment);
    const services = spec.freeze === 'services' ? { services: known.services } : {};
    const why = `incident ${run.status.workflowId}: ${known.summary}`;
    run.inBackground('nothing was frozen', () =>
      freezeForIncident({ ...{ environment, runRef: run.id, why }, ...services }),
    );
  } else if (isOver && isFrozen) {
    run.undo.disarm();
    run.inBackground('its freeze is still there; see belay freezes', () =>
      thawForIncident({ environment, runRef: run.id }),
    );
  }
}
