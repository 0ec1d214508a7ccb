import { condition } from '@temporalio/workflow';
import type { StartRequest } from '../../src/contracts/kernel/messages.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { levelsOf } from '../../src/policies/recovery/incidents/escalation.ts';
import { newIncident } from '../../src/policies/recovery/incidents/new-incident.ts';
import type { IncidentSpec } from '../../src/specs/recovery/incident.ts';
import { checkpoint } from '../kernel/checkpoint.ts';
import type { Continuation } from '../kernel/continuation.ts';
import { runStory } from '../kernel/run-story.ts';
import { keepFreeze, readRunsAround, undosOf } from './support/incidents/incident-acts.ts';
import { endWithAlerts, orderPostmortem } from './support/incidents/incident-ends.ts';
import { IncidentRun } from './support/incidents/incident-run.ts';
import { incidentVerbActs } from './support/incidents/incident-verb-acts.ts';
import { escalateAsAsked, waitAndAct } from './support/incidents/keep-clock.ts';
import { takeIn } from './support/incidents/take-in.ts';

/** An incident may be open for weeks: after so many events it continues as new. */
const longestHistory = 500;

/** Calls people until one acknowledges, reminds them while it lasts, and keeps what happened. */
export async function incident(
  input: unknown,
  request?: StartRequest,
  continuation?: Continuation,
): Promise<RunReport> {
  const run = new IncidentRun({ input, request, continuation });
  const acts = { verbs: incidentVerbActs(run), undos: undosOf };
  return runStory(run, acts, async (spec) => {
    if (run.facts === undefined) begin(run, spec);
    run.open();
    for (const joining of run.joining.splice(0)) takeIn(run, joining);

    for (;;) {
      run.takeChange();
      endWithAlerts(run, spec);
      orderPostmortem(run, spec);
      keepFreeze(run);
      run.notifyOfNews();
      if (isOver(run) && !run.isChangingFreeze) break;
      await waitAndAct(run, spec);
      escalateAsAsked(run, spec);
      if (run.isIdle) await continueAsNewWhenLong(run);
    }

    run.inBackground('the runs around it may not be all', () => readRunsAround(run));
    await condition(() => run.isIdle);
    return { outcome: 'Resolved', reason: run.known.summary };
  });
}

/** People's messages arrive while it waits for its last notifications: then it goes on first. */
async function continueAsNewWhenLong(run: IncidentRun): Promise<void> {
  run.notifyOfNews();
  run.takeChange();
  await checkpoint(run, () => run.known, { longestHistory, isNeeded: () => run.hasChanged });
}

function begin(run: IncidentRun, spec: IncidentSpec): void {
  const { request, status } = run;
  run.change(
    newIncident(spec, {
      atMs: status.startedAtMs,
      by: request?.by ?? 'someone',
      ...(request?.why !== undefined && { why: request.why }),
      ...(request?.requestId !== undefined && { requestId: request.requestId }),
    }),
  );
  if (run.settings.notifies !== true) {
    run.notes.push('No notifications are configured: nobody was notified by this incident');
  }
  const [first] = levelsOf(spec, spec.severity);
  if (first === undefined || first.afterMs > 0) run.announce('incident-declared');
  run.inBackground('the runs around it were not read', () => readRunsAround(run));
}

function isOver({ known: { phase, postmortem } }: IncidentRun): boolean {
  return phase === 'resolved' && (postmortem === undefined || postmortem.doneAtMs !== undefined);
}
