import { CancellationScope, CancelledFailure, patched } from '@temporalio/workflow';
import type { CampaignRow } from '../../../src/contracts/chaos/campaign-details.ts';
import type { Occurrence } from '../../../src/policies/chaos/campaigns/plan-occurrences.ts';
import { leavesFault } from '../../../src/policies/chaos/verdicts.ts';
import type {
  CampaignExperiment,
  ChaosCampaignSpec,
} from '../../../src/specs/chaos/campaign-spec.ts';
import { checkpoint } from '../../kernel/checkpoint.ts';
import { awaitTurn } from './await-turn.ts';
import type { CampaignRun } from './campaign-run.ts';
import { carryOut } from './carry-out-experiment.ts';

/** Every experiment in its turn, until none is left, one ends so that no other may follow, or a person halts it. */
export async function runExperiments(run: CampaignRun, spec: ChaosCampaignSpec): Promise<void> {
  const { state } = run;
  for (;;) {
    const occurrence = run.plan[state.next];
    const entry = occurrence && spec.experiments[occurrence.index];
    if (occurrence === undefined || entry === undefined || run.halted !== undefined) return;
    const row = await takeTurn(run, spec, { occurrence, entry });
    if (row === undefined) return;
    state.rows.push(row);
    state.next += 1;
    run.refresh();
    const stop = stopAfter(spec, row);
    if (stop !== undefined) {
      const left = run.plan.length - state.next;
      if (left > 0) run.note(`${left} of ${run.plan.length} were not run: ${stop}`);
      return;
    }
    if (CancellationScope.current().consideredCancelled) {
      throw new CancelledFailure('asked to stop after an experiment');
    }
    await checkpoint(run, () => state, { isNeeded: () => run.halted !== undefined });
  }
}

interface Due {
  occurrence: Occurrence;
  entry: CampaignExperiment;
}

/** Undefined where the campaign was halted before it began. */
async function takeTurn(
  run: CampaignRun,
  spec: ChaosCampaignSpec,
  { occurrence, entry }: Due,
): Promise<CampaignRow | undefined> {
  const { experiment, weight } = entry;
  const row = {
    ...{ experiment: experiment.experiment, fault: experiment.fault.type, weight },
    dueAtMs: run.state.sinceMs + occurrence.dueMs,
  };
  const turn = await awaitTurn(run, spec, { occurrence, entry });
  switch (turn.kind) {
    case 'halted':
      return undefined;
    case 'missed':
      run.note(`${row.experiment} was missed: ${turn.why}`);
      run.enterPhase(run.workingPhase(), `${row.experiment} was missed`);
      return { ...row, outcome: 'Missed', reason: turn.why };
    case 'skipped':
      // From here on, another skip would be of nothing.
      run.enterPhase(run.workingPhase(), `${row.experiment} is left out`);
      return { ...row, outcome: 'Skipped', reason: `by ${turn.by}` };
    case 'go': {
      const name = nameOf(run, { occurrence, entry });
      const done = await run.whileUnderWay(name, () => carryOut(run, entry, name));
      run.state.notBeforeMs = Date.now() + spec.pauseMs;
      return { ...row, ...done };
    }
  }
}

function nameOf({ plan }: CampaignRun, { occurrence, entry }: Due): string {
  const { experiment } = entry.experiment;
  const own = plan.filter(({ index }) => index === occurrence.index);
  return own.length === 1
    ? experiment
    : `${experiment} (${own.indexOf(occurrence) + 1} of ${own.length})`;
}

/** Why no experiment follows this one; undefined where it goes on. */
function stopAfter(spec: ChaosCampaignSpec, { experiment, outcome }: CampaignRow) {
  const stops = mayLeaveFault(outcome) || spec.stopAfter.some((each) => each === outcome);
  return stops ? `${experiment} ended as ${outcome}` : undefined;
}

function mayLeaveFault(outcome: string): boolean {
  if (outcome === 'UndoFailed') return patched('campaigns-stop-after-undo-failed');
  return leavesFault(outcome);
}
