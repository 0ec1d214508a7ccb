import type { RecordSet, ZoneUpdate } from '../../dns/zone.ts';
import type { NodeAddress } from '../../../contracts/recovery/database-node.ts';
import type { DnsSettings } from '../../../specs/kernel/routers.ts';
import { nameOfMark } from './mark.ts';
import { recordOf, type ShownName } from './read-name.ts';

/**
 * An update that needs the rights of a switch, and cannot be: what it expects contradicts itself. What it
 * would write is what there is, for a server that does not compare.
 */
export function dryRunOf(
  { name, zone }: Pick<DnsSettings, 'name' | 'zone'>,
  { records, marks, marksTtlS }: ShownName,
  server: NodeAddress,
): ZoneUpdate {
  const { type, value } = recordOf(server);
  const known = { name, type };
  const types = new Set([type, ...records.map((record) => record.type)]);
  const present = [...types].map((each): RecordSet & { ttlS: number } => {
    const those = records.filter((record) => record.type === each);
    const ttlS = Math.max(0, ...those.map((record) => record.ttlS));
    return { name, type: each, values: those.map((record) => record.value), ttlS };
  });
  return {
    zone,
    expected: [
      { ...known, values: [value] },
      { ...known, values: [] },
    ],
    wanted: [...present, { name: nameOfMark(name), type: 'TXT', values: marks, ttlS: marksTtlS }],
  };
}
