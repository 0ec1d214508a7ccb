import { expect, it } from 'vitest';
import { sortToxics, toxicsOf } from '../../../../src/policies/chaos/proxy/toxics.ts';

const latency = { type: 'latency', delayMs: 200, jitterMs: 50 } as const;
const error = { type: 'error', share: 0.3 } as const;

it('a latency is of what clients get, and a partition of the direction that was asked for', () => {
  expect(toxicsOf('1a2b', latency)).toMatchObject([
    { name: 'belay-1a2b-downstream', toxicity: 1, attributes: { latency: 200, jitter: 50 } },
  ]);
  expect(toxicsOf('1a2b', error)).toMatchObject([{ type: 'reset_peer', toxicity: 0.3 }]);
  const streams = (direction: 'in' | 'out' | 'both') =>
    toxicsOf('1a2b', { type: 'partition', direction }).map(({ stream }) => stream);
  expect(streams('in')).toEqual(['downstream']);
  expect(streams('out')).toEqual(['upstream']);
  expect(streams('both')).toEqual(['upstream', 'downstream']);
});

it('toxics of other experiments and of other people are told from its own', () => {
  const names = ['belay-1a2b-downstream', 'belay-9c9c-upstream', 'slow'];
  expect(sortToxics('1a2b', names)).toEqual({
    ...{ own: ['belay-1a2b-downstream'], left: ['belay-9c9c-upstream'], foreign: ['slow'] },
  });
});
