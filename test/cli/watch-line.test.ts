import { describe, expect, it } from 'vitest';
import { renderWatchLine } from '../../src/cli/render/watch-line.ts';
import { openStatus, page } from './rollout-examples.ts';

describe('a watch without a terminal', () => {
  it('says where the rollout stands and what was measured last', () => {
    expect(renderWatchLine(openStatus(), undefined, page)).toBe(
      '12:30:00  demo/shop  v2 20 %  holding  Holding 20 % for 20m  ' +
        'error-rate 0.166 %  p99 no data (inconclusive)',
    );
  });

  it('says nothing where nothing has changed but the time', () => {
    const later = { ...page, nowMs: page.nowMs + 5_000 };
    expect(renderWatchLine(openStatus(), openStatus(), later)).toBeUndefined();
  });

  it('speaks again once the rollout waits for something else', () => {
    const before = openStatus();
    const after = openStatus({ phase: 'awaiting-approval', now: 'Waiting for approval by ana' });
    expect(renderWatchLine(after, before, page)).toContain('Waiting for approval by ana');
  });
});
