import { findPostgres } from '../temporal-on-postgres/programs.ts';
import { isThere } from '../programs/is-there.ts';

export interface PatroniPrograms {
  patroni: string;
  etcd: string;
  /** The folder of the server, `initdb` and the others. */
  postgres: string;
}

/** The Debian packages of a Patroni that keeps its state in etcd. */
export const patroniPackages = ['patroni', 'python3-etcd', 'etcd-server'];

type FoundPrograms = { ok: true; programs: PatroniPrograms } | { ok: false; why: string };

/** Says what is missing, and how it is installed. */
export async function findPatroni(): Promise<FoundPrograms> {
  const [patroni, etcd] = ['/usr/bin/patroni', '/usr/bin/etcd'];
  const [hasPatroni, hasEtcd, postgres] = await Promise.all([
    isThere(patroni),
    isThere(etcd),
    findPostgres(),
  ]);
  if (hasPatroni && hasEtcd && postgres) return { ok: true, programs: { patroni, etcd, postgres } };
  const missing = [...patroniPackages, ...(postgres ? [] : ['postgresql-15'])];
  return { ok: false, why: `not installed (Debian packages): ${missing.join(', ')}` };
}
