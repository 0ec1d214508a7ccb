/** Plays what it is told, one order after the other: simulating wants as many processes as there are cores. */
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
