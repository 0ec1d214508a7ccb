import { isIPv4, isIPv6 } from 'node:net';
import { DnsError } from '../../dns/dns-error.ts';
import { plainAddress6, plainName } from '../../dns/wire.ts';
import { readRecords, type NameRecord, type RecordType } from '../../dns/zone.ts';
import type { NodeAddress } from '../../../contracts/recovery/database-node.ts';
import type { DnsSettings } from '../../../specs/kernel/routers.ts';
import { nameOfMark } from './mark.ts';

/** What one name server says. */
export interface ShownName {
  records: NameRecord[];
  marks: string[];
  marksTtlS: number;
}

const answerWithinMs = 2_000;

/** Throws DnsError. */
export async function readName(
  { name }: Pick<DnsSettings, 'name'>,
  server: NodeAddress,
): Promise<ShownName> {
  const [records, marks] = await Promise.all([
    // Where there is a CNAME, it answers both.
    readRecords(server, name, ['A', 'AAAA'], answerWithinMs),
    readRecords(server, nameOfMark(name), ['TXT'], answerWithinMs),
  ]);
  return {
    records,
    marks: marks.flatMap(({ type, value }) => (type === 'TXT' ? [value] : [])),
    marksTtlS: Math.max(0, ...marks.flatMap(({ type, ttlS }) => (type === 'TXT' ? [ttlS] : []))),
  };
}

export interface AnsweredName {
  server: NodeAddress;
  /** Absent: why it says nothing. */
  shown?: ShownName;
  why?: string;
}

/** What each name server of the zone says; the first takes updates. */
export function readEverywhere(settings: DnsSettings): Promise<AnsweredName[]> {
  return Promise.all(
    [settings.primary, ...settings.secondaries].map(async (server): Promise<AnsweredName> => {
      try {
        return { server, shown: await readName(settings, server) };
      } catch (error) {
        if (!(error instanceof DnsError)) throw error;
        return { server, why: error.message };
      }
    }),
  );
}

/** The record that leads to a server. */
export function recordOf({ host }: NodeAddress): { type: RecordType; value: string } {
  if (isIPv4(host)) return { type: 'A', value: host };
  if (isIPv6(host)) return { type: 'AAAA', value: plainAddress6(host) };
  return { type: 'CNAME', value: plainName(host) };
}

/** Whether it has this one record, and nothing else by which clients could connect elsewhere. */
export function leadsOnlyTo({ records }: ShownName, server: NodeAddress): boolean {
  const { type, value } = recordOf(server);
  return records.length === 1 && records[0]?.type === type && records[0].value === value;
}

export function describeRecords({ records }: ShownName): string {
  return records.map(({ type, value }) => `${type} ${value}`).join(', ') || 'no address';
}
