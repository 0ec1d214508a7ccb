import { ApplicationFailure } from '@temporalio/workflow';
import type {
  ChangeControlReceipt,
  ExpandedCalendar,
  FreezeCalendar,
  LeverInput,
  ThawInput,
} from '../../../src/contracts/kernel/change-control.ts';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import { isSameFreeze } from '../../../src/policies/kernel/change-control/same-freeze.ts';
import { chooseFreezes } from '../../../src/policies/kernel/change-control/choose-freezes.ts';
import {
  describeTerm,
  frozenSubject,
} from '../../../src/policies/kernel/change-control/describe-freeze.ts';
import type { NewFreeze } from '../../../src/policies/kernel/change-control/read-freeze.ts';
import { isStoppedByLever } from '../../../src/policies/kernel/change-control/special-runs.ts';
import { withWindows } from './calendars.ts';
import type { Desk } from './desk.ts';
import { abortHolder } from './holders.ts';

/** They are asked for every permit, and each calendar of them is part of the state. */
const mostFreezes = 50;

export async function freeze(
  desk: Desk,
  { calendar, ...asked }: NewFreeze,
): Promise<ChangeControlReceipt> {
  const windows = calendar === undefined ? undefined : await withWindows(calendar);
  const wanted = { ...asked, ...(windows !== undefined && endOfPeriods(windows, asked)) };
  const { environment, freezes } = desk.state;
  const same = freezes.find((one) =>
    isSameFreeze(one, { ...wanted, ...(calendar !== undefined && { calendar }) }),
  );
  if (same !== undefined) {
    return { message: `${environment} has this freeze already (freeze ${same.id})`, freeze: same };
  }
  if (freezes.length >= mostFreezes) {
    throw refused(
      `${environment} has ${mostFreezes} freezes, as many as there can be: thaw one first.`,
    );
  }
  const made = desk.addFreeze({ ...wanted, ...(windows !== undefined && { calendar: windows }) });
  const { id, by, why } = made;
  const message = `${frozenSubject(desk.environment, made)} frozen ${describeTerm(made)} (freeze ${id})`;
  desk.record(`${message}, by ${by}: ${why}`);
  return { message, freeze: made };
}

/** Periods come once: the freeze is over with the last of them. */
function endOfPeriods(
  { rules, windows }: FreezeCalendar & ExpandedCalendar,
  { untilMs = Infinity }: Pick<NewFreeze, 'untilMs'>,
): Pick<NewFreeze, 'untilMs'> {
  if (rules.length > 0) return {};
  const last = windows.at(-1);
  if (last === undefined) {
    throw ApplicationFailure.nonRetryable(
      'calendar: periods: all of them are over; write one that is still to come',
      failureTypes.invalidInput,
    );
  }
  return { untilMs: Math.min(untilMs, last.untilMs) };
}

export function thaw(desk: Desk, input: ThawInput): ChangeControlReceipt {
  const chosen = chooseFreezes(desk.state, input);
  if ('reason' in chosen) throw refused(chosen.reason);
  const ids = chosen.freezes.map(({ id }) => id);
  desk.dropFreezes(({ id }) => ids.includes(id));
  const named = `freeze${ids.length === 1 ? '' : 's'} ${ids.join(', ')}`;
  const left = desk.state.freezes.length;
  const message = `${desk.environment}: ${named} thawed; ${left === 0 ? 'nothing is frozen now' : `still frozen by ${left} more`}`;
  desk.record(`${message}, by ${input.by}${because(input)}`);
  return { message };
}

/** Engaging it again aborts again what is still there. */
export async function engageLever(
  desk: Desk,
  { by, why }: Required<LeverInput>,
): Promise<ChangeControlReceipt> {
  if (desk.state.lever === undefined) desk.setLever({ by, why, sinceMs: Date.now() });
  desk.record(`The safety lever was engaged by ${by}: ${why}`);
  const holders = desk.state.permits.filter(isStoppedByLever);
  const abort = { by, why: `The safety lever of ${desk.environment} was engaged: ${why}` };
  const aborted = await Promise.all(
    holders.map(async (holder) =>
      (await abortHolder(desk, holder, abort)) ? [holder.workflowId] : [],
    ),
  );
  const stopping = aborted.flat().join(', ');
  return {
    message: `The safety lever of ${desk.environment} is engaged: no chaos, train or migration starts. ${stopping === '' ? 'None of them was running' : `Aborted: ${stopping}`}`,
  };
}

export function releaseLever(desk: Desk, input: LeverInput): ChangeControlReceipt {
  if (desk.state.lever === undefined) {
    throw refused(`The safety lever of ${desk.environment} is not engaged.`);
  }
  desk.setLever(undefined);
  const message = `The safety lever of ${desk.environment} is released`;
  desk.record(`${message}, by ${input.by}${because(input)}`);
  return { message };
}

function because({ why }: { why?: string }): string {
  return why === undefined ? '' : `: ${why}`;
}

function refused(reason: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(reason, failureTypes.verbRefused);
}
