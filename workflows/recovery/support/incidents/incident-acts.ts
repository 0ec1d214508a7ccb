import { isCancellation, proxyActivities } from '@temporalio/workflow';
import type { IncidentActivities } from '../../../../src/contracts/recovery/incident.ts';
import { incidentLook } from '../../../../src/policies/recovery/incidents/incident-look.ts';
import type { IncidentSpec } from '../../../../src/specs/recovery/incident.ts';
import type { UndoTable } from '../../../kernel/undos.ts';
import type { IncidentRun } from './incident-run.ts';

/** Nothing waits longer than this for the ledger. */
const { readAround } = proxyActivities<IncidentActivities>({
  startToCloseTimeout: '10 s',
  scheduleToCloseTimeout: '20 s',
  retry: { initialInterval: 500 },
  summary: 'what ran around it',
});

const { freezeForIncident, thawForIncident } = proxyActivities<IncidentActivities>({
  startToCloseTimeout: '30 s',
  scheduleToCloseTimeout: '10 min',
  retry: { initialInterval: 1_000, maximumInterval: '30 s' },
  // A freeze that is under way may still land: nothing is thawed before it has.
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
});

export function undosOf(run: IncidentRun): UndoTable {
  return {
    thaw: async (environment: string, turn?: number) => {
      await run.settleFreeze();
      await thawForIncident({ environment, runRef: run.id, ...(turn !== undefined && { turn }) });
    },
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
  // The end of the change that is under way leads here again.
  if (spec === undefined || spec.freeze === 'no' || run.isChangingFreeze) return;
  const isSevere = known.severity === 'sev1' || known.severity === 'sev2';
  const isWanted = isSevere && known.phase !== 'resolved';
  const isFrozen = !run.undo.isEmpty();
  if (isWanted && !isFrozen) freeze(run, spec);
  if (!isWanted && isFrozen) thaw(run, spec);
}

function freeze(run: IncidentRun, { environment, freeze: what }: IncidentSpec): void {
  const turn = run.countFreeze();
  run.undo.arm('thaw what the incident froze', 'thaw', environment, turn);
  const services = what === 'services' ? { services: run.known.services } : {};
  const why = `incident ${run.status.workflowId}: ${run.known.summary}`;
  run.changeFreeze('nothing was frozen', () =>
    freezeForIncident({ environment, runRef: run.id, turn, why, ...services }),
  );
}

/** The undo stays armed until it is done: whoever withdraws the incident meanwhile has it thawed, too. */
function thaw(run: IncidentRun, { environment }: IncidentSpec): void {
  const turn = run.known.freezes ?? 1;
  run.changeFreeze('its freeze is still there; see belay freezes', async () => {
    try {
      await thawForIncident({ environment, runRef: run.id, turn });
    } catch (error) {
      if (!isCancellation(error)) run.undo.disarm();
      throw error;
    }
    run.undo.disarm();
  });
}
