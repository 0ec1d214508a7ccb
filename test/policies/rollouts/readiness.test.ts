import { describe, expect, it } from 'vitest';
import type { TrackState } from '../../../src/contracts/rollouts/platform.ts';
import { describeTrouble, isFullyReady } from '../../../src/policies/rollouts/readiness.ts';

function track(wanted: number, ...ready: boolean[]): TrackState {
  const replicas = ready.map((isReady, i) => ({
    name: `v2-${i}`,
    ready: isReady,
    restarts: 0,
    ...(!isReady && { trouble: `exit code ${i}` }),
  }));
  return { release: { version: 'v2' }, wanted, replicas };
}

describe('a track', () => {
  it.each([
    ['is ready with all replicas ready', track(2, true, true), true],
    ['is ready while a third one still drains', track(2, true, true, false), true],
    ['is not ready with one replica missing', track(2, true), false],
    ['is not ready with one replica unready', track(2, true, false), false],
    ['is not ready before the new size was taken up', track(1, true, true), false],
    ['is not ready when it does not exist', undefined, false],
  ])('%s', (_title, found, ready) => {
    expect(isFullyReady(found, 2)).toBe(ready);
  });

  it('says how many are ready and what the others said', () => {
    expect(describeTrouble(track(3, true, false, false), 3)).toBe(
      '1 of 3 replicas ready; v2-1: exit code 1; v2-2: exit code 2',
    );
    expect(describeTrouble(undefined, 3)).toBe('it does not exist');
  });

  it('says why there are no more replicas, where none can say so itself', () => {
    const bounded = { ...track(2, true), trouble: 'quota exceeded' };
    expect(describeTrouble(bounded, 2)).toBe('1 of 2 replicas ready; quota exceeded');
  });
});
