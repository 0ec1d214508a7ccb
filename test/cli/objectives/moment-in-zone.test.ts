import { describe, expect, it } from 'vitest';
import { momentInZone } from '../../../src/cli/objectives/moment-in-zone.ts';

describe('a time on the command line', () => {
  it('is that of its zone', () => {
    expect(momentInZone('2026-12-24T02:00', 'Europe/Berlin')).toEqual({
      ms: Date.UTC(2026, 11, 24, 1),
    });
    expect(momentInZone('2026-07-24T02:00', 'Europe/Berlin')).toEqual({
      ms: Date.UTC(2026, 6, 24, 0),
    });
  });

  it.each(['2026-03-29T02:30', '2026-10-25T02:30', '2026-02-30T02:30'])(
    'at %s is refused where clocks skip it or show it twice',
    (written) => {
      expect(momentInZone(written, 'Europe/Berlin')).toHaveProperty('problem');
    },
  );

  it('of noon is noon and of midnight is midnight: there is no clock of twelve hours', () => {
    expect(momentInZone('2026-12-24T12:00', 'UTC')).toEqual({ ms: Date.UTC(2026, 11, 24, 12) });
    expect(momentInZone('2026-12-24T00:30', 'UTC')).toEqual({ ms: Date.UTC(2026, 11, 24, 0, 30) });
    expect(momentInZone('2026-12-24 12:30 PM', 'UTC')).toHaveProperty('problem');
    expect(momentInZone('2026-12-24T24:30', 'UTC')).toHaveProperty('problem');
  });
});
