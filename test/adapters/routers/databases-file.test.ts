import { describe, expect, it } from 'vitest';
import {
  changeEntries,
  readEntries,
  readGeneration,
} from '../../../src/adapters/routers/pgbouncer/databases-file.ts';

const written = `[pgbouncer]
shop = host=not-an-entry
[databases]
; shop = host=a-comment port=1
shop = host=10.0.0.1 port=5432 dbname=shop_prod pool_size=20
"shop ro"= port=5432 host='10.0.0.1' password='it''s  a secret'
other=host=10.9.9.9
socket = dbname=x
several = host=10.0.0.1,10.0.0.2 port=5432

[users]
shop = pool_mode=session
`;

const target = {
  address: { host: '10.0.0.2', port: 5433 },
  systemIdentifier: '7301234567890123456',
  timeline: 3,
};

describe('the entries of [databases]', () => {
  it('are read wherever host and port stand, and only where there is one server', () => {
    const names = ['shop', 'shop ro', 'other', 'socket', 'several', 'absent'];
    expect(readEntries(written, names)).toEqual([
      { name: 'shop', database: 'shop_prod', address: { host: '10.0.0.1', port: 5432 } },
      { name: 'shop ro', database: 'shop ro', address: { host: '10.0.0.1', port: 5432 } },
      { name: 'other', database: 'other', address: { host: '10.9.9.9', port: 5432 } },
      { name: 'socket', database: 'x' },
      { name: 'several', database: 'several' },
      undefined,
    ]);
  });

  it('lead elsewhere, and everything else stays as it was written', () => {
    const changed = changeEntries(written, ['shop', 'shop ro'], target);
    expect(changed).toBe(
      written
        .replace(
          'shop = host=10.0.0.1 port=5432 dbname=shop_prod pool_size=20',
          '; belay: timeline 3 of 7301234567890123456\nshop = host=10.0.0.2 port=5433 dbname=shop_prod pool_size=20',
        )
        .replace(
          `"shop ro"= port=5432 host='10.0.0.1' password='it''s  a secret'`,
          `"shop ro"= host=10.0.0.2 port=5433 password='it''s  a secret'`,
        ),
    );
    expect(readGeneration(changed)).toEqual({
      systemIdentifier: '7301234567890123456',
      timeline: 3,
    });
    expect(changeEntries(changed, ['shop', 'shop ro'], target)).toBe(changed);
    const next = changeEntries(changed, ['shop'], { ...target, timeline: 4 });
    expect(next.match(/; belay:/g)).toHaveLength(1);
    expect(readGeneration(next)?.timeline).toBe(4);
  });

  it('have no generation until Belay has led them', () => {
    expect(readGeneration(written)).toBeUndefined();
  });
});
