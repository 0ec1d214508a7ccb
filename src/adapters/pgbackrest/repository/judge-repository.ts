import { oneLine } from '../tool/tool-failure.ts';
import { statusNoSets, statusOk, type Info } from './info.ts';

export interface ExpectedRepository {
  name: string;
  key: number;
  stanza: string;
  config: string;
  /** Of the cluster of this host; absent where it has none, as where a backup is restored. */
  systemId?: string;
}

/** Why a repository cannot be used; empty: it can. */
export function judgeRepository(info: Info, expected: ExpectedRepository): string[] {
  const { name, key, stanza, config, systemId } = expected;
  const status = info.repositories.find((repository) => repository.key === key);
  const where = `repository ${name} (repo${key})`;
  if (status === undefined) {
    return [`${where}: ${config} has no repo${key}-path: add it, or correct the agent's settings`];
  }
  if (status.code !== statusOk && status.code !== statusNoSets) {
    return [`${where}: ${describeStatus(status, { stanza, config })}`];
  }
  const known = info.databases.filter(({ repository }) => repository === key);
  const newest = known.reduce<(typeof known)[number] | undefined>(
    (last, one) => (last === undefined || one.id > last.id ? one : last),
    undefined,
  );
  if (systemId === undefined || newest === undefined || newest.systemId === systemId) return [];
  return [
    `${where} belongs to another cluster: its system identifier is ${newest.systemId}, and that of ` +
      `the cluster on this host ${systemId}. Use another stanza or another repository; after an ` +
      `upgrade of PostgreSQL: pgbackrest --config=${config} --stanza=${stanza} stanza-upgrade`,
  ];
}

function describeStatus(
  { code, message }: { code: number; message: string },
  { stanza, config }: { stanza: string; config: string },
): string {
  const command = `pgbackrest --config=${config} --stanza=${stanza} stanza-create`;
  if (code === 1) {
    return `has no stanza ${stanza}: run ${command}. If it had one, it is gone: is something else mounted in its place?`;
  }
  if (code === 3) {
    return `has no backup.info for stanza ${stanza}, which lists its sets: it was deleted, and has to be brought back from a copy of the repository`;
  }
  const said = oneLine(message.split('\n').slice(0, 2).join(' '));
  if (isUnreadable(message)) {
    return `cannot be decrypted: is its passphrase the one that it was made with? ${said}`;
  }
  return `pgBackRest says: ${said}`;
}

/** It may be there again in a moment. */
export function isAway(info: Info, key: number): boolean {
  const status = info.repositories.find((repository) => repository.key === key);
  return (
    status?.code === 99 &&
    /HostConnectError|ServiceError|ProtocolError|unable to connect|timeout|unable to get address/i.test(
      status.message,
    )
  );
}

/** A wrong passphrase shows itself as a file that makes no sense. */
function isUnreadable(message: string): boolean {
  return /FormatError|CryptoError|unable to flush|cipher/.test(message);
}
