import { DnsError } from '../../dns/dns-error.ts';
import { updateZone } from '../../dns/zone.ts';
import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import type { NodeAddress } from '../../../contracts/recovery/database-node.ts';
import type { DnsSettings } from '../../../specs/kernel/routers.ts';
import { findRefusedLogin } from '../find-refused-login.ts';
import { keyOf } from './key-of.ts';
import { nameOfMark } from './mark.ts';
import { recordOf } from './read-name.ts';

const withinMs = 2_000;

/** What would keep the name from being led to these servers. Changes nothing. */
export async function findObstacles(
  settings: DnsSettings,
  servers: readonly NodeAddress[],
): Promise<string[]> {
  const { check } = settings;
  const asked = check === undefined ? [] : servers;
  const found = await Promise.all([
    findRefusedUpdate(settings, servers),
    ...asked.map((server) => check && findRefusedLogin(check, server, check.database)),
  ]);
  return found.filter((each) => each !== undefined);
}

/** Asks for an update that cannot be: what it expects contradicts itself. */
async function findRefusedUpdate(
  settings: DnsSettings,
  [server]: readonly NodeAddress[],
): Promise<string | undefined> {
  if (server === undefined) return undefined;
  const { name, zone, primary, ttlMs } = settings;
  const { type, value } = recordOf(server);
  const set = { name, type, values: [value], ttlS: Math.ceil(ttlMs / 1_000) };
  const mark = { name: nameOfMark(name), type: 'TXT' as const, values: ['belay'], ttlS: 1 };
  try {
    const expected = [set, { ...set, values: [] }];
    await updateZone(
      primary,
      { zone, expected, wanted: [set, mark] },
      await keyOf(settings),
      withinMs,
    );
    return `name server ${primary.host}:${primary.port} does not compare before it changes a name`;
  } catch (error) {
    if (error instanceof DnsError && error.code === 'changed') return undefined;
    if (error instanceof DnsError || error instanceof AgentError) {
      return `the name cannot be changed: ${error.message}`;
    }
    throw error;
  }
}
