import { describe, expect, it } from 'vitest';
import { endOfLogIn } from '../../../src/adapters/postgres/facts/end-of-log.ts';

describe('the end of the log of a server that was killed', () => {
  it('is where pg_waldump finds no record any more, not where the last one begins', () => {
    expect(
      endOfLogIn(
        'pg_waldump: error: error in WAL record at 0/50001C8: invalid record length at 0/5000200: wanted 24, got 0',
      ),
    ).toBe('0/5000200');
  });

  it('is unknown where pg_waldump says nothing of it', () => {
    expect(endOfLogIn('')).toBeUndefined();
    expect(
      endOfLogIn('pg_waldump: error: could not find file "000000010000000000000006"'),
    ).toBeUndefined();
    expect(
      endOfLogIn(
        'pg_waldump: error: error in WAL record at 0/50001C8: unexpected pageaddr 0/3000000',
      ),
    ).toBeUndefined();
  });
});
