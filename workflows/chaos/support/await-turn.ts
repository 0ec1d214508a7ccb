import { condition } from '@temporalio/workflow';
import { hoursAround } from '../../../src/policies/chaos/allowed-hours.ts';
import { judgeTurn } from '../../../src/policies/chaos/campaigns/judge-turn.ts';
import {
  lengthOf,
  type Occurrence,
} from '../../../src/policies/chaos/campaigns/plan-occurrences.ts';
import type {
  CampaignExperiment,
  ChaosCampaignSpec,
} from '../../../src/specs/chaos/campaign-spec.ts';
import { atOnce } from '../../kernel/change-control/acts.ts';
import { describePause, type CampaignRun } from './campaign-run.ts';

type TurnTaken =
  | { kind: 'go' }
  | { kind: 'missed'; why: string }
  | { kind: 'skipped'; by: string }
  | { kind: 'halted' };

/** Waits for the turn of an experiment: for its time, the pause, the allowed hours, and whoever paused the campaign. */
export async function awaitTurn(
  run: CampaignRun,
  spec: ChaosCampaignSpec,
  { occurrence, entry }: { occurrence: Occurrence; entry: CampaignExperiment },
): Promise<TurnTaken> {
  const { experiment } = entry.experiment;
  run.inbox.skips.take();
  run.waitsFor = experiment;
  try {
    for (;;) {
      if (run.halted !== undefined) return { kind: 'halted' };
      const by = run.inbox.skips.take();
      if (by !== undefined) return { kind: 'skipped', by };
      if (run.state.pausedBy !== undefined) {
        await untilResumed(run, experiment);
        continue;
      }
      const turn = await judgeNow(run, spec, { occurrence, entry });
      if (turn.kind !== 'wait') return turn;
      const at = new Date(turn.untilMs).toISOString().slice(0, 19).replace('T', ' ');
      run.enterPhase('waiting', `${experiment} is next, at ${at} UTC, when ${turn.why}`);
      await condition(() => isAsked(run), Math.max(1, turn.untilMs - Date.now()));
    }
  } finally {
    run.waitsFor = undefined;
  }
}

function isAsked({ halted, state, inbox }: CampaignRun): boolean {
  return halted !== undefined || state.pausedBy !== undefined || inbox.skips.value !== undefined;
}

async function untilResumed(run: CampaignRun, next: string): Promise<void> {
  run.enterPhase('paused', describePause(next, run.state.pausedBy));
  await condition(
    () =>
      run.halted !== undefined ||
      run.state.pausedBy === undefined ||
      run.inbox.skips.value !== undefined,
  );
}

async function judgeNow(
  run: CampaignRun,
  { allowedHours, lastsMs }: ChaosCampaignSpec,
  { occurrence, entry }: { occurrence: Occurrence; entry: CampaignExperiment },
) {
  const { sinceMs, notBeforeMs, rows } = run.state;
  const lengthMs = lengthOf(entry);
  const { experiment, endedAtMs } = rows.findLast((row) => row.endedAtMs !== undefined) ?? {};
  const facts = {
    ...{ occurrence, lengthMs, sinceMs, notBeforeMs },
    ...(experiment !== undefined &&
      endedAtMs !== undefined && { before: { experiment, endedAtMs } }),
    ...(lastsMs !== undefined && { lastsMs }),
  };
  if (allowedHours === undefined) return judgeTurn(facts, Date.now());
  const { zone, rules } = allowedHours;
  const earliestMs = Math.max(Date.now(), sinceMs + occurrence.dueMs, notBeforeMs);
  const allowed = await atOnce.expandCalendar(
    { zone, rules, periods: [] },
    hoursAround(earliestMs, lengthMs),
  );
  return judgeTurn({ ...facts, allowed }, Date.now());
}
