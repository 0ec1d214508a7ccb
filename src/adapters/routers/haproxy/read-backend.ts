import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import type { NodeAddress } from '../../../contracts/recovery/database-node.ts';
import type { HaproxySettings } from '../../../specs/kernel/routers.ts';
import { askHaproxy } from './runtime-api.ts';

/** Stays where such a server was made ready since. */
const disabledInConfiguration = 0x04;

/** One server of a backend, as `show servers state` has it. */
export interface ShownServer {
  name: string;
  address: NodeAddress;
  /** In maintenance, or drained: it gets no new connections. */
  isHeld: boolean;
  /** The name that HAProxy resolves by itself. */
  resolves?: string;
}

export interface ShownBackend {
  /** The one that is led. */
  server: ShownServer;
  others: readonly ShownServer[];
}

type Place = Pick<HaproxySettings, 'socket' | 'backend' | 'server'>;

/** Throws AgentError where HAProxy has no such backend, or no such server. */
export async function readBackend({ socket, backend, server }: Place): Promise<ShownBackend> {
  const answer = await askHaproxy(socket, `show servers state ${backend}`);
  const servers = readTable(answer, '# ').map(asServer);
  const own = servers.find(({ name }) => name === server);
  if (own === undefined) {
    const known = servers.map(({ name }) => name).join(', ');
    const why = known === '' ? answer.split('\n')[0] : `it has ${known}`;
    throw new AgentError('refused', `HAProxy has no server ${backend}/${server}: ${why}`);
  }
  return { server: own, others: servers.filter((each) => each !== own) };
}

/** How many connections go through the server, and how many wait. */
export async function countClients(place: Place): Promise<{ active: number; waiting: number }> {
  const rows = readTable(await askHaproxy(place.socket, 'show stat'), '# ', ',');
  const own = rows.find(
    ({ pxname, svname }) => pxname === place.backend && svname === place.server,
  );
  return { active: Number(own?.['scur'] ?? 0), waiting: Number(own?.['qcur'] ?? 0) };
}

function asServer(row: Readonly<Record<string, string>>): ShownServer {
  const { srv_name: name = '', srv_addr: host = '', srv_port: port, srv_fqdn: fqdn = '-' } = row;
  return {
    ...{ name, address: { host, port: Number(port) } },
    isHeld: (Number(row['srv_admin_state']) & ~disabledInConfiguration) !== 0,
    ...(fqdn !== '-' && { resolves: fqdn }),
  };
}

/** Versions differ in their columns: they are named by the line that begins with a mark. */
function readTable(answer: string, mark: string, between = ' '): Record<string, string>[] {
  const lines = answer.split('\n').map((line) => line.trim());
  const head = lines.findIndex((line) => line.startsWith(mark));
  if (head < 0) return [];
  const names = lines[head]?.slice(mark.length).split(between) ?? [];
  return lines
    .slice(head + 1)
    .filter((line) => line !== '')
    .map((line) => {
      const values = line.split(between);
      return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
    });
}
