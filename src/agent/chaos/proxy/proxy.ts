/** Connections through a Toxiproxy of the host. */
import type { FaultSeen, Leftover } from '../../../contracts/chaos/host-faults.ts';
import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import {
  asksBefore,
  asksOf,
  describeAnswers,
  isShown,
  refuseBefore,
  refuseProbe,
} from '../../../policies/chaos/proxy/shown-by-probe.ts';
import { sortToxics, toxicsOf } from '../../../policies/chaos/proxy/toxics.ts';
import type { FaultyProxy } from '../../../specs/chaos/agent-settings.ts';
import type { ProxyFault } from '../../../specs/chaos/fault.ts';
import type { ProtectedServer } from '../network/protected-flows.ts';
import { shortMark, type ProxyOrder } from '../order.ts';
import { askInTime, askThrough, type AskProbe } from './ask-through.ts';
import { Toxiproxy, ToxiproxyError, type ToxicProxy } from './toxiproxy.ts';

interface About {
  fault: ProxyFault;
  servers: readonly ProtectedServer[];
  /** Absent: what a probe meets is left out. */
  askProbe: AskProbe | undefined;
}

export interface ExaminedProxy {
  what: string;
  refusals: string[];
  leftovers: Leftover[];
}

/** What a fault of this proxy would hit, and everything that speaks against it. Changes nothing. */
export async function examineProxy(
  { name, toxiproxy, proxy, probe, probeTimeoutMs }: FaultyProxy,
  { fault, servers, askProbe }: About,
): Promise<ExaminedProxy> {
  const what = `proxy ${name}: ${proxy} of the Toxiproxy at ${toxiproxy}`;
  const blind = refuseProbe(fault, probe, probeTimeoutMs);
  try {
    const found = await new Toxiproxy(toxiproxy).readProxy(proxy);
    if (found === undefined) {
      const refusals = [`the Toxiproxy at ${toxiproxy} has no proxy ${proxy}`, ...blind];
      return { what, refusals, leftovers: [] };
    }
    const { left, foreign } = sortToxics('none', namesOf(found));
    const refusals = [
      ...(found.enabled ? [] : [`the proxy ${proxy} is disabled`]),
      ...(foreign.length > 0 ? [`the proxy ${proxy} has toxics of others: ${list(foreign)}`] : []),
      ...refuseServers(found, servers),
      ...blind,
      // Through toxics, the probe would say nothing of the service.
      ...(left.length + foreign.length + blind.length === 0 && askProbe !== undefined
        ? refuseBefore(fault, probe, await askThrough({ probe, most: asksBefore(fault) }, askProbe))
        : []),
    ];
    return {
      what: `${what}, ${found.listen} to ${found.upstream}`,
      refusals,
      leftovers: left.map((toxic) => ({
        what: `toxic ${toxic} of a fault; remove it with: toxiproxy-cli --host ${toxiproxy} toxic remove -n ${toxic} ${proxy}`,
      })),
    };
  } catch (error) {
    if (!(error instanceof ToxiproxyError)) throw error;
    return { what, refusals: [error.message, ...blind], leftovers: [] };
  }
}

/** Without its way to Temporal, nobody could tell the agent anything. */
function refuseServers({ listen }: ToxicProxy, servers: readonly ProtectedServer[]): string[] {
  const port = Number(listen.slice(listen.lastIndexOf(':') + 1));
  return servers
    .filter((server) => server.port === port)
    .map(({ what }) => `${what} may be reached through it (port ${port}), which is never hit`);
}

interface ProxyAct {
  mark: string;
  fault: ProxyFault;
  proxy: ProxyOrder;
}

/** Returns once Toxiproxy lists all of it. */
export async function disturbProxy({ mark, fault, proxy }: ProxyAct): Promise<void> {
  const api = new Toxiproxy(proxy.toxiproxy);
  const toxics = toxicsOf(shortMark(mark), fault);
  for (const toxic of toxics) await api.addToxic(proxy.proxy, toxic);
  const { own } = sortToxics(shortMark(mark), namesOf(await api.readProxy(proxy.proxy)));
  if (own.length === toxics.length) return;
  throw new Error(`Toxiproxy lists ${own.length} of ${toxics.length} toxics`);
}

/** Right also where none of it is there, or Toxiproxy has ended, which remembers nothing. */
export async function restoreProxy({ mark, proxy }: Omit<ProxyAct, 'fault'>): Promise<void> {
  const api = new Toxiproxy(proxy.toxiproxy);
  try {
    const { own } = sortToxics(shortMark(mark), namesOf(await api.readProxy(proxy.proxy)));
    for (const toxic of own) await api.removeToxic(proxy.proxy, toxic);
  } catch (error) {
    if (!(error instanceof ToxiproxyError && error.isGone)) throw error;
  }
}

/** What a probe through the proxy meets, whatever Toxiproxy says of itself. */
export async function observeProxy(
  { mark, fault, proxy }: ProxyAct,
  askProbe: AskProbe,
): Promise<FaultSeen> {
  const found = await readOrExplain(proxy);
  const { own } = sortToxics(shortMark(mark), namesOf(found));
  if (own.length === 0) {
    const { ok, detail } = await askInTime(askProbe, proxy.probe);
    return {
      ...{ isEffective: false, isThere: false, isTargetRunning: ok },
      detail: `no toxic of it is there; its probe ${proxy.probe} ${detail}`,
    };
  }
  const answers = await askThrough(
    {
      ...{ probe: proxy.probe, most: asksOf(fault) },
      isEnough: (sofar) => isShown(fault, sofar),
    },
    askProbe,
  );
  return {
    ...{ isEffective: isShown(fault, answers), isThere: true },
    isTargetRunning: found?.enabled === true,
    detail: describeAnswers(answers),
  };
}

async function readOrExplain(proxy: ProxyOrder): Promise<ToxicProxy | undefined> {
  try {
    return await new Toxiproxy(proxy.toxiproxy).readProxy(proxy.proxy);
  } catch (error) {
    if (!(error instanceof ToxiproxyError)) throw error;
    // It keeps its toxics in memory alone.
    if (error.isGone) return undefined;
    throw new AgentError('unfinished', error.message, { cause: error });
  }
}

function namesOf(found: ToxicProxy | undefined): string[] {
  return found?.toxics.map(({ name }) => name) ?? [];
}

function list(names: readonly string[]): string {
  return names.slice(0, 5).join(', ');
}
