import type { Ledger } from '../../../src/contracts/kernel/ledger.ts';
import { hourMs, hourOf } from '../../../src/contracts/objectives/minute.ts';
import type { ObjectiveStore } from '../../../src/contracts/objectives/objective-store.ts';
import { attributeSpending } from '../../../src/policies/objectives/attribute-spending.ts';
import { suspectsOf } from '../../../src/policies/objectives/suspects.ts';
import type { SloMonitorSpec } from '../../../src/specs/objectives/objective.ts';
import type { MinuteBook } from './minute-book.ts';

interface Ledgers {
  store: ObjectiveStore;
  ledger: Pick<Ledger, 'list'>;
  nowMs: number;
}

/** Runs are charged once they have ended, so what was spent is looked at again for so long. */
const attributedForMs = 6 * hourMs;

/** Removes what is no longer kept, and writes who spent the budgets of the last hours. */
export async function attributeRuns(
  { environment, objectives, keepMinutesMs }: SloMonitorSpec,
  book: Pick<MinuteBook, 'isExcluded'>,
  { store, ledger, nowMs }: Ledgers,
): Promise<void> {
  await store.pruneMinutes(environment, nowMs - keepMinutesMs);
  const fromMs = hourOf(nowMs - attributedForMs);
  const names = objectives.map(({ name }) => name);
  const filter = { environment, objectives: names, fromMs, untilMs: nowMs };
  const [minutes, reports] = await Promise.all([
    store.listMinutes(filter),
    ledger.list({ environment, families: ['rollouts', 'chaos', 'recovery'], sinceMs: fromMs }),
  ]);
  const spending = objectives.flatMap(({ name, service }) => {
    // What is excluded spends no budget, so nobody is charged with it.
    const counted = minutes.get(name)?.filter(({ atMs }) => !book.isExcluded({ service }, atMs));
    return attributeSpending(name, counted ?? [], suspectsOf(service, reports));
  });
  await store.writeSpending(filter, spending);
}
