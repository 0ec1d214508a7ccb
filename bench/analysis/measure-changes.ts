import { quantilesOf } from '../measures/quantiles.ts';
import { changing, type ChangingName } from './changing-scenarios.ts';
import type { Played } from './play-rollout.ts';
import type { PlayMany } from './players.ts';
import { meanOf, type Mean, type Proportion } from './proportion.ts';
import type { RuleName } from './rules.ts';

/** What became of holds in which something changes. */
export interface ChangeFigures {
  changing: ChangingName;
  rule: RuleName;
  /** Since the change; where there is none, since the start. */
  rejected: Proportion;
  /** Before there was anything to find. */
  tooSoon: Proportion;
  passed: Proportion;
  paused: Proportion;
  /** Seconds from the change to the rejection, and the canary's bad requests until then; absent where none was rejected. */
  found?: { medianS: number; slowestS: number; failed: Mean };
}

/** Now, and as Belay judged before. */
const compared: readonly RuleName[] = ['sequential, since the start of the hold', 'sequential'];
const names = Object.keys(changing) as ChangingName[];

export function measureChanges(playMany: PlayMany, runs: number): Promise<ChangeFigures[]> {
  const plays = names.flatMap((name) => compared.map((rule) => ({ changing: name, rule })));
  return Promise.all(
    plays.map(async (play) => ({
      ...play,
      ...figuresOf(await playMany(play, { from: 1, to: runs }), onsetOf(play.changing)),
    })),
  );
}

function onsetOf(name: ChangingName): number {
  const { [name]: change } = changing;
  return 'onsetS' in change ? change.onsetS : 0;
}

function figuresOf(
  played: readonly Played[],
  onsetS: number,
): Omit<ChangeFigures, 'changing' | 'rule'> {
  const rejected = played.filter(({ outcome }) => outcome === 'rejected');
  const found = rejected.filter(({ afterS }) => afterS > onsetS);
  const { p50, max } = quantilesOf(found.map(({ afterS }) => afterS - onsetS));
  const share = (count: number): Proportion => ({ count, of: played.length });
  const ended = (outcome: Played['outcome']) =>
    share(played.filter((each) => each.outcome === outcome).length);
  return {
    rejected: share(found.length),
    tooSoon: share(rejected.length - found.length),
    passed: ended('passed'),
    paused: ended('paused'),
    ...(found.length > 0 && {
      found: { medianS: p50, slowestS: max, failed: meanOf(found.map(({ failed }) => failed)) },
    }),
  };
}
