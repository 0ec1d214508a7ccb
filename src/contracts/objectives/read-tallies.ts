import { appliedExclusions } from '../../policies/objectives/exclusions/judge-exclusion.ts';
import { isGoodMinute } from '../../policies/objectives/judge-minute.ts';
import { planReading } from '../../policies/objectives/report/plan-reading.ts';
import { withoutGaps } from '../../policies/objectives/report/without-gaps.ts';
import { addTallies, byTime, tallyMinutes, type Span } from '../../policies/objectives/tally.ts';
import type { Objective } from '../../specs/objectives/objective.ts';
import type { Exclusion } from './exclusion.ts';
import type { ObjectiveStore } from './objective-store.ts';
import type { Tally } from './tally.ts';

type TalliedObjective = Pick<
  Objective,
  'name' | 'service' | 'indicator' | 'comparison' | 'target' | 'within'
>;

export interface TalliesOfSpan {
  /** Without what is excluded. */
  net: Tally;
  /** As if nothing were. */
  gross: Tally;
}

/** What times add up to, by objective: in the order of the times. */
export async function readTallies(
  store: Pick<ObjectiveStore, 'sumHours' | 'listMinutes'>,
  { environment, objectives }: { environment: string; objectives: readonly TalliedObjective[] },
  { spans, exclusions }: { spans: readonly Span[]; exclusions: readonly Exclusion[] },
): Promise<Map<string, TalliesOfSpan[]>> {
  const found = new Map<string, TalliesOfSpan[]>(objectives.map(({ name }) => [name, []]));
  const filter = { environment, objectives: objectives.map(({ name }) => name) };
  for (const span of spans) {
    const { hours, minutes } = planReading(span, exclusions);
    const sums = await Promise.all(
      hours.map(async (each) => ({ each, sum: await store.sumHours({ ...filter, ...each }) })),
    );
    const read = await Promise.all(
      minutes.map(async (each) => ({ each, all: await store.listMinutes({ ...filter, ...each }) })),
    );
    for (const objective of objectives) {
      const { name, service } = objective;
      const whole = sums.map(({ each, sum }) =>
        withoutGaps(sum.get(name), each.untilMs - each.fromMs),
      );
      const isGood = (minute: Parameters<typeof isGoodMinute>[1]) =>
        isGoodMinute(objective, minute);
      const tallied = (excluded: readonly Span[]) =>
        read.map(({ each, all }) =>
          tallyMinutes(byTime(all.get(name) ?? []), each, { exclusions: excluded, isGood }),
        );
      const applied = appliedExclusions(service, exclusions);
      const gross = addTallies([...whole, ...tallied([])]);
      const net = applied.length === 0 ? gross : addTallies([...whole, ...tallied(applied)]);
      found.get(name)?.push({ net, gross });
    }
  }
  return found;
}
