import { changedMinutes, composeMinutes } from '../../policies/objectives/compose-minutes.ts';
import { rewriteHour } from '../../policies/objectives/update-hour.ts';
import type { Composite, Objective } from '../../specs/objectives/objective.ts';
import { hourMs } from './minute.ts';
import type { HourUpdate, ObjectiveStore } from './objective-store.ts';

type Store = Pick<ObjectiveStore, 'listMinutes' | 'updateHours'>;

export function isComposite(objective: Objective): objective is Objective & { source: Composite } {
  return objective.source.of === 'composite';
}

/** Writes the minutes of composites in these hours, from those of their members. */
export async function writeComposites(
  store: Store,
  { environment, objectives }: { environment: string; objectives: readonly Objective[] },
  hours: readonly number[],
  onWritten: (objective: string, atMs: number, update: HourUpdate) => void = () => undefined,
): Promise<void> {
  const composites = objectives.filter(isComposite);
  if (composites.length === 0) return;
  const names = [...new Set(composites.flatMap(({ source }) => source.members))];
  for (const atMs of new Set(hours)) {
    const span = { fromMs: atMs, untilMs: atMs + hourMs };
    const minutes = await store.listMinutes({ environment, objectives: names, ...span });
    const written = composites.map(({ name: objective }) => ({ objective, atMs }));
    await store.updateHours(environment, written, (known) => {
      const composite = composites.find(({ name }) => name === known.objective);
      if (composite === undefined) return undefined;
      const members = composite.source.members.flatMap((name) =>
        objectives
          .filter((each) => each.name === name)
          .map((objective) => ({ objective, minutes: minutes.get(name) ?? [] })),
      );
      const changed = changedMinutes(known.minutes, composeMinutes(members, span));
      if (changed.length === 0) return undefined;
      const update = rewriteHour(composite, known, changed);
      onWritten(known.objective, known.atMs, update);
      return update;
    });
  }
}
