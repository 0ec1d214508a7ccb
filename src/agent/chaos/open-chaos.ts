import { createHash } from 'node:crypto';
import type { FaultHost } from '../../contracts/chaos/fault-host.ts';
import type { InjectFaultCall } from '../../contracts/chaos/host-faults.ts';
import { AgentError, type AgentHost } from '../../contracts/kernel/agent-host.ts';
import { longestFaultMs } from '../../policies/chaos/lease-plan.ts';
import type { ChaosSettings, FaultyProxy } from '../../specs/chaos/agent-settings.ts';
import { isCopyFault, isNetworkFault, isProxyFault } from '../../specs/chaos/fault.ts';
import { namedPart } from '../../specs/chaos/target-part.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import type { ActRecord } from '../acts/act-files.ts';
import { inTurnsOf } from '../acts/turns.ts';
import type { OpenHost } from '../host.ts';
import { examineTarget } from './examine.ts';
import { observeFault } from './observe.ts';
import { observeCopy, orderOfCopy } from './copy/copy.ts';
import { observeDisk, observeUnrecordedDisk, orderOfDisk } from './disk/disk.ts';
import { orderOfNetwork } from './network/examine-network.ts';
import { observeNetwork } from './network/observe-network.ts';
import { observeUnrecorded } from './network/observe-unrecorded.ts';
import type { ProtectedServers } from './network/protected-flows.ts';
import { commandOf, markOfFault, type FaultOrder, type ProxyOrder } from './order.ts';
import { observeProxy } from './proxy/proxy.ts';

interface ChaosOptions {
  agent: string;
  /** Absent: everything is refused. */
  settings: ChaosSettings | undefined;
  host: Pick<AgentHost, 'runProbe'> &
    Pick<OpenHost, 'admitRecord' | 'applyRecord' | 'openActs' | 'readAct'>;
  /** Arguments that make node run the program which injects and removes faults. */
  program: readonly string[];
  /** Of the agent. */
  stateFolder: string;
  /** What the agent itself has to reach, and no fault may hit. */
  servers: ProtectedServers;
}

/** Injects what the settings allow, each fault under a watchdog of its own. */
export function openChaos(options: ChaosOptions): FaultHost {
  const { agent, settings, host, program } = options;
  const about = {
    ...{ agent, settings, servers: options.servers, stateFolder: options.stateFolder },
    askProbe: (probe: string, over: AbortSignal) => host.runProbe(probe, over),
  };
  const inTurns = inTurnsOf();
  const admit = async (call: InjectFaultCall): Promise<ActRecord> => {
    const { act, target, identity } = call;
    const open = await host.openActs();
    const facts = await examineTarget(call, { ...about, open, runRef: act.runRef });
    // The same act again is attached to: by then the target is hit already.
    const isKnown = (await host.readAct(act)) !== undefined;
    const isAnother =
      identity !== undefined &&
      (facts.process?.pid !== identity.pid || facts.process.startTime !== identity.startTime);
    const refusals = [
      ...facts.refusals,
      ...facts.leftovers.map(({ what }) => what),
      ...(isAnother ? [`it is not process ${identity.pid} any more, which was chosen`] : []),
    ];
    if (refusals.length > 0 && !isKnown) {
      const what = namedPart(target).name ?? 'the host';
      throw new AgentError('refused', `${what} of agent ${agent}: ${refusals.join('; ')}`);
    }
    const longestMs = longestFaultMs(settings?.longestMs ?? 0);
    const network = settings?.networks.find(({ name }) => name === target.network);
    const disk = settings?.disks.find(({ name }) => name === target.disk);
    const proxy = settings?.proxies.find(({ name }) => name === target.proxy);
    const copy = settings?.copies.find(({ name }) => name === target.copy);
    const more = {
      ...(network && { network: await orderOfNetwork(network) }),
      ...(disk && { disk: orderOfDisk(disk) }),
      ...(proxy && { proxy: orderOfProxy(proxy) }),
      ...(copy && { copy: await orderOfCopy(copy) }),
    };
    return host.admitRecord(recordOf(call, { agent, program, longestMs }, more));
  };
  return {
    examineTarget: async (call) => examineTarget(call, { ...about, open: await host.openActs() }),
    injectFault: async (call, attempt) => {
      // Whoever is examined meanwhile finds this act, or this one finds theirs.
      const admitted = await inTurns('inject', () => admit(call));
      return host.applyRecord(admitted, attempt);
    },
    observeFault: async ({ lease, fault, identity, target }, { cancelled }) => {
      const askProbe = (probe: string, over: AbortSignal) =>
        host.runProbe(probe, AbortSignal.any([cancelled, over]));
      const mark = markOfFault(agent, lease);
      if (target.proxy !== undefined && isProxyFault(fault)) {
        const proxy =
          orderIn(await host.readAct(lease))?.proxy ??
          orderOfProxy(requireNamed(settings?.proxies, target.proxy));
        return observeProxy({ mark, fault, proxy }, askProbe);
      }
      if (target.copy !== undefined && isCopyFault(fault)) {
        const copy =
          orderIn(await host.readAct(lease))?.copy ?? requireNamed(settings?.copies, target.copy);
        return observeCopy({ mark, copy });
      }
      if (isNetworkFault(fault)) {
        const order = orderIn(await host.readAct(lease));
        if (order?.network !== undefined) {
          return observeNetwork({ mark, fault, network: order.network }, program);
        }
        return observeUnrecorded(requireNamed(settings?.networks, target.network), { mark, fault });
      }
      if (fault.type === 'disk') {
        const order = orderIn(await host.readAct(lease));
        if (order?.disk === undefined) return observeUnrecordedDisk(mark);
        return observeDisk({ mark, disk: order.disk }, fault);
      }
      const found = settings?.processes.find(({ name }) => name === target.process);
      const order = { fault, mark, ...(identity && { identity }) };
      return observeFault(order, found?.foundBy);
    },
    askProbe: (probe, cancelled) => host.runProbe(probe, cancelled),
  };
}

function orderOfProxy({ toxiproxy, proxy, probe }: FaultyProxy): ProxyOrder {
  return { toxiproxy, proxy, probe };
}

/** Of what is not on record and not in the settings, nobody can say whether it is there. */
function requireNamed<Part extends { name: string }>(
  parts: readonly Part[] = [],
  name: string | undefined,
): Part {
  const found = parts.find((each) => each.name === name);
  if (found !== undefined) return found;
  const why = `its act is not on record, and the settings have no ${name}`;
  throw new AgentError('refused', `the fault cannot be looked for: ${why}`);
}

/** As the program was told. */
function orderIn(record: ActRecord | undefined): FaultOrder | undefined {
  const told = record?.lease?.revert.at(-1);
  return told === undefined ? undefined : (JSON.parse(told) as FaultOrder);
}

/** Node.js starts slowly on a host that is busy. */
const programMs = 30_000;

function recordOf(
  { act, target, fault, identity, forMs, durationMs }: InjectFaultCall,
  { agent, program, longestMs }: { agent: string; program: readonly string[]; longestMs: number },
  asItIs: Pick<FaultOrder, 'network' | 'disk' | 'proxy' | 'copy'>,
): ActRecord {
  const atMostMs = longestFaultMs(durationMs);
  const order: FaultOrder = {
    ...{ mark: markOfFault(agent, act), fault, atMostMs },
    ...(identity && { identity }),
  };
  const told = JSON.stringify({ ...order, ...asItIs });
  const argv = (verb: string) => [process.execPath, ...program, verb, told];
  if (forMs < 1 || forMs > longestMs) {
    throw new AgentError('refused', `a fault lasts ${formatDuration(longestMs)} at most`);
  }
  return {
    act: { runRef: act.runRef, step: act.step },
    command: commandOf(fault.type, target),
    digest: createHash('sha256')
      .update(JSON.stringify([order, forMs]))
      .digest('hex'),
    acceptedAtMs: Date.now(),
    program: {
      ...{ environment: {}, secrets: {}, timeoutMs: programMs, graceMs: 1_000 },
      maxOutputBytes: 8_192,
    },
    argv: argv('inject'),
    lease: { revert: argv('remove'), forMs, longestMs, atMostMs },
  };
}
