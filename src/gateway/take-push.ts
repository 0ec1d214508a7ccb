import { hourMs } from '../contracts/objectives/minute.ts';
import type { ObjectiveStore } from '../contracts/objectives/objective-store.ts';
import {
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
  /** `known` were pushed before, as they are: they count once. */
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
    const pushed = all.filter(({ source }) => source.of === 'pushed');
    const names = pushed.map((each) => each.name).join(', ') || 'none';
    problems.unshift(
      `objective: no monitor of ${environment} has an objective ${name} whose source is pushed; there are: ${names}`,
    );
  }
  if (objective === undefined || problems.length > 0) return { of: 'refused', problems };
  const isNew = ({ atMs }: PushedMinute) => (known.get(atMs)?.quality ?? 'none') === 'none';
  const fresh = minutes.filter(isNew);
  const hours = [...new Set(fresh.map(({ atMs }) => hourOf(atMs)))];
  await store.updateHours(
    environment,
    hours.map((atMs) => ({ objective: name, atMs })),
    (hour) => {
      // Of two that push at once, the first one counts.
      const before = byTime(hour.minutes);
      const own = fresh.filter(
        ({ atMs }) =>
          hourOf(atMs) === hour.atMs && (before.get(atMs)?.quality ?? 'none') === 'none',
      );
      return own.length === 0 ? undefined : updateHour(objective, hour, own.map(minuteOfPush));
    },
  );
  return { of: 'taken', taken: fresh.length, known: minutes.length - fresh.length };
}

function hourOf(atMs: number): number {
  return Math.floor(atMs / hourMs) * hourMs;
}
