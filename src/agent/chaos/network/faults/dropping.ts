import type { EffectSeen, PacketCounts } from '../../../../policies/chaos/network/packet-effect.ts';
import type { Direction } from '../../../../specs/chaos/fault.ts';

export const drop = ['-j', 'DROP'] as const;

export function bothOr(direction: Direction): readonly ('in' | 'out')[] {
  return direction === 'both' ? ['in', 'out'] : [direction];
}

export function atRandom(share: number): readonly string[] {
  if (share === 1) return [];
  return ['-m', 'statistic', '--mode', 'random', '--probability', String(share)];
}

/** So many have to be expected before the share that was seen says anything. */
const expectedAtLeast = 30;

/** Seen where it was done at all and, once there are enough to say, to half of what was asked at least. */
export function judgeShare(share: number, { met, hit }: PacketCounts, what: string): EffectSeen {
  const detail = `${hit} of ${met} ${what}`;
  const isEnough = met * share >= expectedAtLeast;
  return { isEffective: hit > 0 && (!isEnough || hit >= (met * share) / 2), detail };
}
