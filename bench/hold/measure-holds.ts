import { formatDuration } from '../../src/specs/kernel/duration.ts';
import { progress } from '../report/tell.ts';
import type { BelayOrigin } from '../system/belay-command.ts';
import { withSystem } from '../system/with-system.ts';
import { countCanary, type CountFigures } from './count-canary.ts';
import type { HistoryFigures } from './count-history.ts';
import { measureBlindTime, type BlindTimeFigures, type Successor } from './measure-blind-time.ts';

export interface HoldsPlan {
  blindTimesMs: number[];
  holdsMs: number;
  /** Kills for each blind time and each kind of successor; 0 for none. */
  repetitions: number;
}

export interface HoldsFigures {
  counted: CountFigures[];
  blind: BlindTimeFigures[];
  /** A rollout that ran elsewhere. */
  history?: HistoryFigures;
}

const successors: Successor[] = ['second worker', 'restarted worker'];

/** One system for each figure, all at the same time, because nearly all of it is waiting. */
export async function measureHolds(
  origin: BelayOrigin,
  { blindTimesMs, holdsMs, repetitions }: HoldsPlan,
): Promise<HoldsFigures> {
  progress(`counting ${blindTimesMs.length} canaries with ${formatDuration(holdsMs)} of holds`);
  const counting = blindTimesMs.map((blindTimeMs) =>
    withSystem(optionsFor(origin, blindTimeMs), (system) =>
      countCanary(system, { blindTimeMs, holdsMs }),
    ),
  );
  const trials = repetitions === 0 ? [] : blindTimesMs.flatMap(trialsFor);
  const killing = trials.map((trial) =>
    withSystem(optionsFor(origin, trial.blindTimeMs), (system) =>
      measureBlindTime(system, { ...trial, repetitions }),
    ),
  );
  // A failure must not end the process before the others have stopped their systems.
  await Promise.allSettled([...counting, ...killing]);
  return { counted: await Promise.all(counting), blind: await Promise.all(killing) };
}

function trialsFor(blindTimeMs: number) {
  return successors.map((successor) => ({ blindTimeMs, successor }));
}

function optionsFor(origin: BelayOrigin, blindTimeMs: number) {
  return { origin, settings: { BELAY_BLIND_TIME: `${blindTimeMs}ms` } };
}
