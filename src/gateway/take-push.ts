import { hourMs, hourOf } from '../contracts/objectives/minute.ts';
import type { ObjectiveStore } from '../contracts/objectives/objective-store.ts';
import {
  isOpen,
  minuteOfPush,
  problemsOfPush,
  pushedForMs,
  type PushedMinute,
} from '../policies/objectives/pushed/problems-of-push.ts';
import { byTime } from '../policies/objectives/tally.ts';
import { updateHour } from '../policies/objectives/update-hour.ts';

export type PushStore = Pick<ObjectiveStore, 'readState' | 'listMinutes' | 'updateHours'>;

export interface Push {
  environment: string;
  objective: string;
  minutes: readonly PushedMinute[];
}

export type TakenPush =
  /** `known` were pushed before, as they are, or recorded by hand: they count once. */
  { of: 'taken'; taken: number; known: number } | { of: 'refused'; problems: string[] };

/** Keeps what was counted elsewhere. All of it, or nothing where something is wrong with it. */
export async function takePush(store: PushStore, push: Push, nowMs: number): Promise<TakenPush> {
  const { environment, objective: name, minutes } = push;
  const all = (await store.readState(environment))?.spec?.objectives ?? [];
  const objective = all.find((each) => each.name === name && each.source.of === 'pushed');
  const filter = { environment, objectives: [name], fromMs: nowMs - 3 * pushedForMs };
  const found = await store.listMinutes({ ...filter, untilMs: nowMs + hourMs });
  const known = byTime(found.get(name) ?? []);
  const problems = problemsOfPush(minutes, { known, nowMs });
  if (objective === undefined) {
    problems.unshift(
      `objective: no monitor of ${environment} has an objective ${name} whose source is pushed; belay slo status -e ${environment} lists its objectives`,
    );
  }
  if (objective === undefined || problems.length > 0) return { of: 'refused', problems };
  const fresh = minutes.filter(({ atMs }) => isOpen(known.get(atMs)));
  const hours = [...new Set(fresh.map(({ atMs }) => hourOf(atMs)))];
  const taken = new Map<number, number>();
  try {
    await store.updateHours(
      environment,
      hours.map((atMs) => ({ objective: name, atMs })),
      (hour) => {
        // Somebody else may have written since: of two that push at once, the first one counts.
        const before = byTime(hour.minutes);
        const since = problemsOfPush(minutes, { known: before, nowMs });
        if (since.length > 0) throw new PushRefused(since);
        const own = fresh.filter(
          ({ atMs }) => hourOf(atMs) === hour.atMs && isOpen(before.get(atMs)),
        );
        taken.set(hour.atMs, own.length);
        return own.length === 0 ? undefined : updateHour(objective, hour, own.map(minuteOfPush));
      },
    );
  } catch (error) {
    if (error instanceof PushRefused) return { of: 'refused', problems: error.problems };
    throw error;
  }
  const count = [...taken.values()].reduce((sum, each) => sum + each, 0);
  return { of: 'taken', taken: count, known: minutes.length - count };
}

class PushRefused extends Error {
  readonly problems: string[];

  constructor(problems: string[]) {
    super(problems.join('; '));
    this.problems = problems;
  }
}
