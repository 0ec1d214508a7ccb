import { differences } from './end-state.ts';
import { withoutRepeats, type ProcessStrike } from './struck-processes.ts';
import type { StruckRun } from './struck-table.ts';

/** What a run leaves behind, without what differs between any two runs. */
export interface RunEnd {
  outcome: string;
  reason: string;
  done: object;
  /** What must not be, whatever was killed; empty. */
  wrong: string[];
}

interface Comparison<End extends RunEnd> {
  /** Of the run that nobody struck. */
  expected: End;
  play(): Promise<{ reached: boolean; end: End }>;
  /** After a run that did not end well: the next one needs somewhere to begin from. */
  renew(): Promise<unknown>;
  /** Whether it failed and said so, where what was killed may make it fail. */
  isHonestFailure?(end: End): boolean;
}

type Struck = Pick<StruckRun, 'victim' | 'place'>;

/** Plays the run again, struck, and compares its end with the undisturbed one. */
export async function compareEnds<End extends RunEnd>(
  struck: Pick<StruckRun, 'scenario' | 'victim' | 'place'>,
  { expected, play, renew, isHonestFailure = () => false }: Comparison<End>,
): Promise<StruckRun> {
  const startedMs = performance.now();
  const seconds = () => (performance.now() - startedMs) / 1000;
  try {
    const { reached, end } = await play();
    const isHonest = isHonestFailure(end);
    const found = [
      ...(isHonest ? [] : differences(comparable(expected), comparable(end))),
      ...end.wrong,
    ];
    if (found.length > 0) found.push(`it said: ${end.reason}`);
    const row = { ...struck, reached, outcome: end.outcome, seconds: seconds() };
    if (end.wrong.length > 0) await renew();
    return { ...row, ...(isHonest && { failure: end.reason }), differences: found };
  } catch (error) {
    const row = { ...struck, reached: false, outcome: 'none', seconds: seconds() };
    await renew();
    return { ...row, differences: [causesOf(error).join(': ')] };
  }
}

interface TogetherPlayed<Strike, End extends RunEnd> {
  reached: readonly Strike[];
  end: End;
}

/** The same of several strikes in one run: all of them differ where its end does. */
export async function compareTogether<Strike extends Struck, End extends RunEnd>(
  scenario: string,
  strikes: readonly Strike[],
  comparison: Omit<Comparison<End>, 'play'> & {
    play(): Promise<TogetherPlayed<Strike, End>>;
  },
): Promise<StruckRun[]> {
  let reached: readonly Strike[] = [];
  const play = async () => {
    const played = await comparison.play();
    ({ reached } = played);
    return { reached: true, end: played.end };
  };
  const several = { scenario, victim: 'several', place: `${strikes.length} places` };
  const row = await compareEnds(several, { ...comparison, play });
  const seconds = row.seconds / strikes.length;
  return strikes.map((strike) => ({
    ...{ ...row, victim: strike.victim, place: strike.place, seconds },
    reached: reached.includes(strike),
  }));
}

/** Every strike that there is: of each process at its own places, of the Temporal server at those of the worker. */
export function everyStrike<Stage extends string>(
  passed: Readonly<Record<Stage | 'worker', readonly string[]>>,
  polled: RegExp,
): ProcessStrike<Stage | 'worker'>[] {
  const at = (victim: Stage | 'worker' | 'temporal', stage: Stage | 'worker') =>
    withoutRepeats(passed[stage], polled).map((place) => ({ victim, stage, place }));
  const stages = Object.keys(passed) as (Stage | 'worker')[];
  return [...stages.flatMap((stage) => at(stage, stage)), ...at('temporal', 'worker')];
}

function comparable({ outcome, done }: RunEnd): object {
  return { outcome, ...done };
}

/** A run that failed says why in what caused its failure. */
function causesOf(error: unknown): string[] {
  const cause = error instanceof Error ? error.cause : undefined;
  return [String(error), ...(cause === undefined ? [] : causesOf(cause))];
}
