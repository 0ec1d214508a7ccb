import { readFileSync } from 'node:fs';

/** What pgBackRest 2.45 and PostgreSQL 15 really wrote. */
export function recorded(name: string): string {
  return readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8');
}
