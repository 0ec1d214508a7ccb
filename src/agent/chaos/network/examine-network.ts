import type { Leftover, TargetFacts } from '../../../contracts/chaos/host-faults.ts';
import { judgeRootQueue } from '../../../policies/chaos/network/judge-queue.ts';
import { familiesOf } from '../../../policies/chaos/network/plan-rules.ts';
import type { FaultyNetwork } from '../../../specs/chaos/agent-settings.ts';
import type { NetworkFault } from '../../../specs/chaos/fault.ts';
import { runOfMark, type NetworkOrder } from '../order.ts';
import { refuseAbility } from './ability.ts';
import { openNamespace, type Namespace } from './namespace.ts';
import { effectOf } from './packet-effects.ts';
import { refuseFlows, type ProtectedServer } from './protected-flows.ts';
import { listQueues } from './queues.ts';
import { digestForeignRules, readFaults } from './rules.ts';

type NetworkFacts = Pick<TargetFacts, 'what' | 'refusals' | 'leftovers'>;

interface About {
  fault: NetworkFault;
  servers: readonly ProtectedServer[];
  /** The act that has injected it already is no leftover. */
  isOwn: (mark: string) => boolean;
}

/** What a fault of this network would hit, and everything that speaks against it. Changes nothing. */
export async function examineNetwork(network: FaultyNetwork, about: About): Promise<NetworkFacts> {
  const what = describeNetwork(network, about.fault);
  let namespace: Namespace;
  try {
    namespace = openNamespace(network.namespace);
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    const refusals = [`network namespace ${network.namespace} cannot be opened (${code})`];
    return { what, refusals, leftovers: [] };
  }
  try {
    return { what, ...(await examineIn(namespace, network, about)) };
  } finally {
    namespace.close();
  }
}

async function examineIn(
  namespace: Namespace,
  network: FaultyNetwork,
  { fault, servers, isOwn }: About,
): Promise<Omit<NetworkFacts, 'what'>> {
  const effect = effectOf(fault);
  const ports = effect.ports ?? network.ports;
  const met = { ...network, ports, ownPorts: effect.ports ? [] : network.ownPorts };
  const plan = { id: '00000000', mark: 'none', fault, effect, network, untilMs: Date.now() };
  const refusals = [
    ...(await refuseAbility(namespace, plan)),
    ...(namespace.isOwn ? await refuseFlows(met, servers) : []),
  ];
  try {
    const faults = await readFaults(namespace);
    const queue = await examineQueue(namespace, network, { faults, fault });
    return {
      refusals: [...refusals, ...queue.refusals],
      leftovers: [...queue.leftovers, ...leftoversIn(faults, isOwn)],
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // Without its programs, nothing can be read; that was said.
    return { refusals: refusals.length > 0 ? refusals : [reason], leftovers: [] };
  }
}

type Faults = Awaited<ReturnType<typeof readFaults>>;

/** Rules of a fault, of whatever run and agent: they would work together with those of this one. */
function leftoversIn(faults: Faults, isOwn: (mark: string) => boolean): Leftover[] {
  return faults
    .filter(({ mark }) => mark === undefined || !isOwn(mark))
    .map(({ id, tables, mark, family }) => ({
      what: `rules of ${family} in chains BELAY-${id} of the tables ${tables.join(', ')}; the agent that made them removes them when it starts, or remove whatever iptables-save lists with BELAY-${id}`,
      ...(mark !== undefined && { runRef: runOfMark(mark) }),
    }));
}

async function examineQueue(
  namespace: Namespace,
  { interface: device }: FaultyNetwork,
  { faults, fault }: { faults: Faults; fault: NetworkFault },
): Promise<{ refusals: string[]; leftovers: Leftover[] }> {
  const queues = await listQueues(namespace, device);
  if (queues === undefined) return { refusals: [`there is no interface ${device}`], leftovers: [] };
  const isReplaced = effectOf(fault).queue !== undefined;
  const { refusals, leftovers } = judgeRootQueue(queues, { device, faults, isReplaced });
  return { refusals, leftovers: leftovers.map((what) => ({ what })) };
}

function describeNetwork(network: FaultyNetwork, fault: NetworkFault): string {
  const { interface: device, namespace, peers } = network;
  const only = effectOf(fault).ports;
  const ports = only ?? network.ports;
  const ownPorts = only === undefined ? network.ownPorts : [];
  const sides = [
    ...(ports.length > 0 ? [`their ports ${ports.join(', ')}`] : []),
    ...(ownPorts.length > 0 ? [`its own ports ${ownPorts.join(', ')}`] : []),
  ];
  const of = sides.length > 0 ? sides.join(' and ') : 'all of it';
  const where = namespace === undefined ? '' : ` of ${namespace}`;
  return `network ${network.name}: ${device}${where} with ${peers.join(', ')}, ${of}`;
}

/** As it is now, for an order that is carried out whatever the settings say later. */
export async function orderOfNetwork(network: FaultyNetwork): Promise<NetworkOrder> {
  const namespace = openNamespace(network.namespace);
  try {
    const { interface: device, peers, ports, ownPorts, namespace: path } = network;
    return {
      ...{ interface: device, peers, ports, ownPorts },
      namespace: { inode: namespace.inode, ...(path !== undefined && { path }) },
      rulesBefore: await digestForeignRules(namespace, familiesOf(peers)),
    };
  } finally {
    namespace.close();
  }
}
