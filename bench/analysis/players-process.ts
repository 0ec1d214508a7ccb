/** Simulates rollouts on request, one after the other, in a separate process: one for each core. */
import { playRollout, type Play, type Played } from './play-rollout.ts';

export interface PlayOrder {
  play: Play;
  firstSeed: number;
  runs: number;
}

process.on('message', ({ play, firstSeed, runs }: PlayOrder) => {
  const played: Played[] = Array.from({ length: runs }, (_, nth) =>
    playRollout(play, firstSeed + nth),
  );
  process.send?.(played);
});
process.on('disconnect', () => process.exit());
