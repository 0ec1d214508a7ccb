import { describe, expect, it } from 'vitest';
import { isQueueOf, judgeRootQueue } from '../../../../src/policies/chaos/network/judge-queue.ts';

const root = { kind: 'htb', handle: 'b0a1:', root: true };
const leaf = { kind: 'netem', handle: '8001:', parent: 'b0a1:1' };
const faults = [{ id: '0a1b2c3d' }];

describe('a queue by which packets leave', () => {
  it('is that of a fault, also where it was only begun', () => {
    expect(isQueueOf([root, leaf], '0a1b2c3d')).toBe(true);
    expect(isQueueOf([root], '0a1b2c3d')).toBe(true);
    expect(isQueueOf([root, leaf], 'ffffffff')).toBe(false);
  });

  it('is somebody else’s although it has the handle of a fault', () => {
    expect(isQueueOf([{ ...root, kind: 'prio' }, leaf], '0a1b2c3d')).toBe(false);
    const more = { kind: 'fq_codel', handle: '8002:', parent: 'b0a1:20' };
    expect(isQueueOf([root, leaf, more], '0a1b2c3d')).toBe(false);
  });

  const judge = (queues: object[], found: { id: string }[] = faults, isReplaced = true) =>
    judgeRootQueue(queues as never, { device: 'eth0', faults: found, isReplaced });

  it('is a leftover where rules of a fault lead to it, and only then to be deleted', () => {
    expect(judge([root, leaf])).toEqual({
      refusals: [],
      leftovers: ['queue htb b0a1: of eth0; remove it with: tc qdisc del dev eth0 root'],
    });
    expect(judge([root, leaf], [{ id: 'ffffffff' }])).toEqual({
      refusals: [
        'eth0 has the queue htb b0a1:, which would be replaced. No rules of a fault lead to it, so it may be somebody else’s: find out before you remove it',
      ],
      leftovers: [],
    });
  });

  it('refuses only what would replace it', () => {
    const foreign = { ...root, handle: '1:' };
    expect(judge([foreign])).toEqual({
      refusals: ["eth0 has the queue htb 1:, which is somebody else's and would be replaced"],
      leftovers: [],
    });
    const none = { refusals: [], leftovers: [] };
    expect(judge([foreign], faults, false)).toEqual(none);
    expect(judge([root, leaf], [], false)).toEqual(none);
    // The kernel's own choice.
    expect(judge([{ ...root, kind: 'mq', handle: '0:' }])).toEqual(none);
  });
});
