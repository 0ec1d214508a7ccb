import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { Config } from '../../config/config.ts';
import { describePostgres } from './postgres/postgres-address.ts';

/** The same for processes that name one PostgreSQL in the same way, or use the SQLite of one home. Holds no password. */
export function nameLedger({ home, ledger }: Pick<Config, 'home' | 'ledger'>): string {
  const place = ledger.url === undefined ? `${hostname()}:${home}` : describePostgres(ledger.url);
  return createHash('sha256').update(place).digest('base64url').slice(0, 12);
}
