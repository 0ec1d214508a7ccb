import { setTimeout as sleep } from 'node:timers/promises';
import { findNoNamespaces } from '../../../scripts/network-namespace/network-namespace.ts';
import { provideToxiproxy } from '../../../scripts/toxiproxy/provide-toxiproxy.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { inParallel } from '../../measures/in-parallel.ts';
import { until } from '../../measures/until.ts';
import { keep, progress } from '../../report/tell.ts';
import type { MeasuredSystem } from '../../system/measured-system.ts';
import { doomedFaults, nameOf, type DoomedFault } from './doomed-faults.ts';
import { DoomedHost } from './doomed-host.ts';

const victims = ['agent', 'worker', 'server', 'everything'] as const;
type Victim = (typeof victims)[number];

/** While the first of the faults is being injected, and a while after the last one is there. */
const moments = { 'being injected': 0, there: 2_000 } as const;
type Moment = keyof typeof moments;

/** What became of one fault after a kill. */
export interface KillFigures {
  fault: string;
  killed: Victim;
  moment: Moment;
  /** How long after its lease it was seen last; negative: before its end. Absent: not since the kill. */
  lateMs?: number;
  /** What was not as before at the end. */
  left?: string;
}

const opensAtOnce = 3;
const pollMs = 500;
/** A watchdog that was just being started may still begin, and a run may go on with the next worker. */
const settledMs = 60_000;
const afterLeaseMs = 5_000;

/** Kills with SIGKILL while each fault that this machine can have is there, each on a host of its own. */
export async function measureKills(system: MeasuredSystem): Promise<KillFigures[]> {
  const noNamespaces = findNoNamespaces();
  const toxiproxy = await provideToxiproxy(loadConfig().cache);
  const faults = doomedFaults.filter(({ target }) => {
    if ('network' in target) return noNamespaces === undefined;
    return !('proxy' in target) || toxiproxy !== undefined;
  });
  const figures: KillFigures[] = [];
  for (const killed of victims) {
    for (const moment of Object.keys(moments) as Moment[]) {
      progress(`SIGKILL of ${killed} while faults are ${moment}`);
      const round = await measureOnce(system, faults, { killed, moment });
      keep(round);
      figures.push(...round);
    }
  }
  return figures;
}

async function measureOnce(
  system: MeasuredSystem,
  faults: readonly DoomedFault[],
  { killed, moment }: { killed: Victim; moment: Moment },
): Promise<KillFigures[]> {
  const round = `${killed}-${moments[moment]}`;
  const hosts: DoomedHost[] = [];
  try {
    await inParallel(faults, opensAtOnce, async (fault) => {
      hosts.push(await DoomedHost.open(system, fault, `${nameOf(fault)}-${round}`));
    });
    await Promise.all(hosts.map((host) => host.inject(system)));
    await until(`faults are ${moment}`, async () => {
      const begun = hosts.filter((host) => host.leaseEndMs() !== undefined);
      return begun.length >= (moment === 'there' ? hosts.length : 1);
    });
    await sleep(moments[moment]);
    await kill(system, killed, hosts);
    return (await watch(hosts)).map((seen) => ({ ...seen, killed, moment }));
  } finally {
    await Promise.all(hosts.map((host) => host.close()));
    if (killed === 'everything') await system.upAgain();
  }
}

async function kill(
  system: MeasuredSystem,
  killed: Victim,
  hosts: readonly DoomedHost[],
): Promise<void> {
  if (killed === 'worker') process.kill(await system.pidOf('worker'), 'SIGKILL');
  if (killed === 'server') process.kill(await system.pidOf('Temporal server'), 'SIGKILL');
  if (killed === 'everything') await system.killEverything();
  if (killed === 'worker' || killed === 'server') return;
  for (const host of hosts) host.killAgent();
}

/** Until each lease is over and nothing more can begin. */
async function watch(
  hosts: readonly DoomedHost[],
): Promise<Pick<KillFigures, 'fault' | 'lateMs' | 'left'>[]> {
  const sinceMs = Date.now();
  const seen = hosts.map((host) => ({ host, leaseEndMs: 0, lastThereMs: 0, left: '' }));
  for (;;) {
    for (const each of seen) {
      each.leaseEndMs = Math.max(each.leaseEndMs, each.host.leaseEndMs() ?? 0);
      const atMs = Date.now();
      each.left = (await each.host.difference()) ?? '';
      if (each.left !== '') each.lastThereMs = atMs;
    }
    const leasesEndMs = Math.max(...seen.map(({ leaseEndMs }) => leaseEndMs));
    if (Date.now() > Math.max(sinceMs + settledMs, leasesEndMs + afterLeaseMs)) break;
    await sleep(pollMs);
  }
  return seen.map(({ host, leaseEndMs, lastThereMs, left }) => ({
    fault: nameOf(host.fault),
    ...(lastThereMs !== 0 && { lateMs: lastThereMs - leaseEndMs }),
    ...(left !== '' && { left }),
  }));
}
