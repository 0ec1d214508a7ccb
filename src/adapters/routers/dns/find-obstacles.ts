import { DnsError } from '../../dns/dns-error.ts';
import { updateZone } from '../../dns/zone.ts';
import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import type { NodeAddress } from '../../../contracts/recovery/database-node.ts';
import type { DnsSettings } from '../../../specs/kernel/routers.ts';
import { findRefusedLogin } from '../find-refused-login.ts';
import { dryRunOf } from './dry-run.ts';
import { keyOf } from './key-of.ts';
import type { ShownName } from './read-name.ts';

const withinMs = 2_000;

/** What would keep the name from being led to these servers. Changes nothing. */
export async function findObstacles(
  settings: DnsSettings,
  shown: ShownName,
  servers: readonly NodeAddress[],
): Promise<string[]> {
  const { check } = settings;
  const asked = check === undefined ? [] : servers;
  const found = await Promise.all([
    findRefusedUpdate(settings, shown, servers),
    ...asked.map((server) => check && findRefusedLogin(check, server, check.database)),
  ]);
  return found.filter((each) => each !== undefined);
}

async function findRefusedUpdate(
  settings: DnsSettings,
  shown: ShownName,
  [server]: readonly NodeAddress[],
): Promise<string | undefined> {
  if (server === undefined) return undefined;
  const { primary } = settings;
  try {
    await updateZone(primary, dryRunOf(settings, shown, server), await keyOf(settings), withinMs);
    return `name server ${primary.host}:${primary.port} does not compare before it changes a name`;
  } catch (error) {
    if (error instanceof DnsError && error.code === 'changed') return undefined;
    if (error instanceof DnsError || error instanceof AgentError) {
      return `the name cannot be changed: ${error.message}`;
    }
    throw error;
  }
}
