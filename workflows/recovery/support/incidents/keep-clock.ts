import { condition } from '@temporalio/workflow';
import {
  afterEscalation,
  nextEscalation,
  type EscalationAct,
} from '../../../../src/policies/recovery/incidents/escalation.ts';
import {
  nextClockAct,
  type ClockAct,
} from '../../../../src/policies/recovery/incidents/incident-clock.ts';
import { escalationWords } from '../../../../src/policies/recovery/incidents/incident-words.ts';
import { armAgain } from '../../../../src/policies/recovery/incidents/people-acts.ts';
import { addEntry } from '../../../../src/policies/recovery/incidents/timeline.ts';
import type { IncidentSpec } from '../../../../src/specs/recovery/incident.ts';
import type { IncidentRun } from './incident-run.ts';

/** Waits until somebody does something, or until the clock has to, which it then does. */
export async function waitAndAct(run: IncidentRun, spec: IncidentSpec): Promise<void> {
  const act = nextClockAct(run.known, spec);
  run.showNext(act);
  if (act === undefined) {
    await condition(() => run.hasChanged);
    return;
  }
  const waitMs = act.atMs - Date.now();
  const summary = `until the clock has to ${act.kind.replaceAll('-', ' ')}`;
  if (waitMs > 0) await condition(() => run.hasChanged, waitMs, { summary });
  // Whoever answers in the very moment in which the clock strikes has answered.
  if (!run.hasChanged) perform(run, spec, act);
}

function perform(run: IncidentRun, spec: IncidentSpec, act: ClockAct): void {
  const nowMs = Date.now();
  switch (act.kind) {
    case 'escalate':
      escalate(run, spec, { act: act.escalation, by: undefined });
      break;
    case 'remind-of-update':
      run.change({ ...run.known, updateRemindedAtMs: nowMs });
      run.announce('incident-update-due', {
        text: `${run.known.roles.commander ?? 'Commander'}: tell how it stands with belay incident update ${run.status.workflowId}`,
      });
      break;
    case 'arm-again':
      run.change(armAgain(run.known, nowMs));
      break;
    case 'remind-to-resolve':
      run.change({ ...run.known, remindedAtMs: nowMs });
      run.announce('incident-mitigated');
      break;
    case 'remind-of-postmortem':
      run.change({ ...run.known, remindedAtMs: nowMs });
      run.announce('postmortem-due');
      break;
  }
}

/** A person wants the next level now. In an acknowledged incident that is the one after the first. */
export function escalateAsAsked(run: IncidentRun, spec: IncidentSpec): void {
  const by = run.takeWantedEscalation();
  if (by === undefined) return;
  const { severity, escalation = { roundAtMs: Date.now(), round: 0, notified: 1 } } = run.known;
  escalate(run, spec, { act: nextEscalation(spec, severity, escalation), by });
}

function escalate(
  run: IncidentRun,
  spec: IncidentSpec,
  { act, by }: { act: EscalationAct; by: string | undefined },
): void {
  const nowMs = Date.now();
  const { known } = run;
  const escalated = addEntry(known, {
    recordedAtMs: nowMs,
    text: describe(act, by),
    ...(by !== undefined && { by, isMilestone: true as const }),
  });
  const escalation = afterEscalation(spec, known.severity, { act, doneAtMs: nowMs });
  const isFirst =
    known.phase === 'unacknowledged' && act.round === 0 && act.level === 1 && by === undefined;
  const counted = isFirst ? escalated : { ...escalated, escalations: (known.escalations ?? 0) + 1 };
  // Who works on it and asks for help does not have to acknowledge again.
  run.change(known.escalation === undefined ? counted : { ...counted, escalation });
  const { subject } = run.status;
  run.announce(isFirst ? 'incident-declared' : 'incident-escalated', {
    ...(isFirst ? {} : escalationWords(subject, known, { act, nowMs })),
    ...(act.to !== undefined && { to: act.to }),
  });
}

function describe(
  { round, level, levels, to, who }: EscalationAct,
  by: string | undefined,
): string {
  const whom = [...(to ?? []), ...who].join(', ');
  const position = round === 0 ? `level ${level} of ${levels}` : `round ${round + 1}: everybody`;
  const asked = by === undefined ? '' : `, as ${by} asked`;
  return `escalated to ${position}${whom === '' ? '' : ` (${whom})`}${asked}`;
}
