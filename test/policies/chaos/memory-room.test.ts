import { describe, expect, it } from 'vitest';
import { refuseMemory } from '../../../src/policies/chaos/memory-room.ts';

const mebibyte = 2 ** 20;
const room = (total: number, available: number) => ({
  total: total * mebibyte,
  available: available * mebibyte,
});

describe('memory that a fault takes', () => {
  it.each([
    ['enough stays', 100, room(4_000, 2_000), undefined, 0],
    ['exactly what has to stay does', 1_600, room(4_000, 2_000), undefined, 0],
    ['a byte too much', 1_601, room(4_000, 2_000), undefined, 1],
    ['a small host, of which 256 MiB stay', 300, room(1_000, 500), undefined, 1],
    ['a cgroup that has too little', 100, room(4_000, 2_000), room(512, 140), 1],
    ['a small cgroup, of which 32 MiB stay', 40, room(4_000, 2_000), room(128, 70), 1],
    ['neither has enough', 3_000, room(4_000, 2_000), room(512, 140), 2],
  ])('is judged by what stays for others: %s', (_, taken, host, group, reasons) => {
    expect(refuseMemory(taken * mebibyte, { host, group })).toHaveLength(reasons);
  });

  it('says how much it could be', () => {
    const asked = { host: room(4_000, 2_000), group: undefined };
    expect(refuseMemory(1_700 * mebibyte, asked)).toEqual([
      '1700MiB is more than the host can spare: 2000MiB of 4000MiB is available, 400MiB has to stay so; at most 1600MiB',
    ]);
  });
});
