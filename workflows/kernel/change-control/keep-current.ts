import { condition, sleep } from '@temporalio/workflow';
import { isOver } from '../../../src/policies/kernel/change-control/active-freezes.ts';
import { inTime } from './acts.ts';
import type { Desk } from './desk.ts';
import { dropDeadHolders } from './holders.ts';

const checkEveryMs = 6 * 60 * 60_000;
const mostAtOnce = 200;

/** Holders that were terminated give nothing back. Costs a timer and an activity in six hours, and nothing while no permit is held. */
export async function dropDeadHoldersInTime(desk: Desk): Promise<never> {
  for (;;) {
    await condition(() => desk.state.permits.length > 0);
    // By the clock of the state: a workflow that continues as new often must come to it, too.
    desk.state.holdersCheckedMs ??= Date.now();
    const dueMs = desk.state.holdersCheckedMs + checkEveryMs;
    await sleep(Math.max(1, dueMs - Date.now()), {
      summary: 'until holders of permits are checked',
    });
    const { permits } = desk.state;
    for (let first = 0; first < permits.length; first += mostAtOnce) {
      await dropDeadHolders(desk, permits.slice(first, first + mostAtOnce), inTime);
    }
    desk.state.holdersCheckedMs = Date.now();
  }
}

/** A freeze ends by itself whether or not anybody asks; this is what takes it off the list. */
export async function dropFreezesInTime(desk: Desk): Promise<never> {
  for (;;) {
    await condition(() => nextEnd(desk) < Infinity);
    const endMs = nextEnd(desk);
    await condition(() => nextEnd(desk) !== endMs, Math.max(1, endMs - Date.now()), {
      summary: 'until a freeze ends',
    });
    const over = desk.state.freezes.filter((freeze) => isOver(freeze, Date.now()));
    if (over.length === 0) continue;
    desk.dropFreezes((freeze) => over.includes(freeze));
    for (const { id, by } of over) desk.record(`Freeze ${id} of ${by} is over`);
  }
}

function nextEnd({ state }: Desk): number {
  return Math.min(...state.freezes.map(({ untilMs }) => untilMs ?? Infinity));
}
