import * as z from 'zod';
import { agentName } from '../kernel/agent-name.ts';
import { judgedBy } from '../kernel/finding.ts';
import { refusal } from '../kernel/given.ts';
import { serverAddress } from '../kernel/server-address.ts';
import { duration, flag, idPart, listOf, mapping, text, wholeNumber } from '../kernel/written.ts';
import { agentProbe, type AgentProbe } from './agent-probe.ts';
import { databasePlanSchema, type DatabasePlan } from './database-plan.ts';
import { inRegions, region, type InRegions } from './in-regions.ts';
import { judgeRegionPlan } from './judge-region-plan.ts';
import { kindKey } from './kind.ts';
import { regionServiceSchema, type RegionService } from './region-service.ts';

export interface Address {
  host: string;
  port: number;
}

export interface RegionDatabase {
  plan: DatabasePlan;
  /** As it was given, for the run that moves it. */
  written: Readonly<Record<string, unknown>>;
  nodes: InRegions<string>;
}

/** A name of a service, which leads to an address in one of the regions. */
export interface RegionName {
  agent: string;
  router: string;
  servers: InRegions<Address>;
}

/** What moves from one region to another together. */
export interface RegionFailoverSpec {
  kind: 'regionFailover';
  environment: string;
  group: string;
  /** The region where it usually is. */
  from: string;
  to: string;
  /** In different places; a probe passes where the region can be reached. */
  witnesses: AgentProbe[];
  /** So many have to agree. */
  agree: number;
  confirmForMs: number;
  databases: RegionDatabase[];
  services: RegionService[];
  names: RegionName[];
  /** Nothing else is started in the environment meanwhile. */
  freeze: boolean;
  /** Without an approval of what is lost. */
  automatic: boolean;
  approvers: string[];
  soak: { forMs: number; everyMs: number; probes: AgentProbe[] };
  objectives: { rtoMs: number; rpoMs: number };
  dryRun: boolean;
}

/** Back to where it usually is, with nothing lost. */
export interface RegionFailbackSpec {
  kind: 'regionFailback';
  plan: RegionFailoverSpec;
  dryRun: boolean;
}

const hourMs = 3_600_000;

const databasePlan = z.unknown().transform((given, context) => {
  const read = databasePlanSchema.safeParse(given);
  if (read.success) return { plan: read.data, written: given as Record<string, unknown> };
  for (const { path, message } of read.error.issues) {
    context.addIssue({ code: 'custom', path: [...path], message });
  }
  return z.NEVER;
});

const database = mapping({
  plan: databasePlan.describe('The whole plan of the database.'),
  nodes: inRegions(text('write the name of a node'), 'nodes').describe(
    'Which node is the primary in which region.',
  ),
}).transform(({ plan, nodes }): RegionDatabase => ({ ...plan, nodes }));

const name = mapping({
  agent: agentName.describe('Who leads it.'),
  router: idPart('router').describe('A router dns of its settings, without check.'),
  servers: inRegions(serverAddress('192.0.2.1:443'), 'addresses').describe(
    'Where it leads in which region.',
  ),
});

export const regionFailoverSchema = mapping(
  {
    kind: kindKey('regionFailover'),
    environment: idPart('environment').describe('Where it belongs.'),
    group: idPart('group').describe('What moves together, as people call it.'),
    from: region.describe('The region where it usually is.'),
    to: region.describe('The region that takes over.'),
    witnesses: listOf(agentProbe, 'write a list of probes, each with agent and probe').describe(
      'In different places: each asks whether the region can be reached.',
    ),
    agree: wholeNumber(2, 16)
      .exactOptional()
      .describe('So many witnesses have to agree. Default: more than half, and at least two.'),
    confirmFor: duration(1_000, hourMs)
      .prefault('60s')
      .describe('They agree for so long before the region is lost. Default: 60s.'),
    databases: z
      .array(database, { error: refusal('write a list of databases, each with plan and nodes') })
      .prefault([])
      .describe('Each is failed over by a run of its own.'),
    services: z
      .array(regionServiceSchema, {
        error: refusal(
          'write a list of services, each with workload, namespace, contexts and replicas',
        ),
      })
      .prefault([])
      .describe(
        'Workloads that are scaled up before databases move, and are ready before names are led.',
      ),
    names: z
      .array(name, { error: refusal('write a list of names, each with agent, router and servers') })
      .prefault([])
      .describe(
        'Names of services, which are led to the other region once the databases are there and services are ready.',
      ),
    freeze: flag()
      .prefault(true)
      .describe('Nothing else is started in the environment meanwhile. Default: true.'),
    automatic: flag()
      .prefault(false)
      .describe('Whether it goes ahead without an approval. Default: false.'),
    approvers: z
      .array(text('write a name'), { error: refusal('write a list of names') })
      .prefault([])
      .describe('Who may approve it. Default: anyone with a name.'),
    soak: mapping({
      for: duration(0, 24 * hourMs)
        .prefault(0)
        .describe('For how long. Default: once.'),
      every: duration(1_000, hourMs).prefault('10s').describe('How often. Default: 10s.'),
      probes: z
        .array(agentProbe, { error: refusal('write a list of probes') })
        .prefault([])
        .describe('Which have to pass.'),
    })
      .transform(({ for: forMs, every: everyMs, probes }) => ({ forMs, everyMs, probes }))
      .prefault({})
      .describe('Probes that have to pass for so long afterwards. Default: none.'),
    objectives: mapping({
      rto: duration(1_000).prefault('15m').describe('The longest outage. Default: 15m.'),
      rpo: duration(0).prefault(0).describe('The most that may be lost, in time. Default: 0.'),
    })
      .transform(({ rto, rpo }) => ({ rtoMs: rto, rpoMs: rpo }))
      .prefault({})
      .describe('What it is measured against.'),
    dryRun: flag().prefault(false).describe('Say what would be done, and do nothing.'),
  },
  { region: 'write from: the region', routes: 'those of a database belong to its plan' },
)
  .check(judgedBy(judgeRegionPlan))
  .transform(({ confirmFor, agree, ...spec }): RegionFailoverSpec => ({
    ...spec,
    confirmForMs: confirmFor,
    agree: agree ?? Math.max(2, Math.floor(spec.witnesses.length / 2) + 1),
  }));

export const regionFailbackSchema = mapping({
  kind: kindKey('regionFailback'),
  plan: regionFailoverSchema.describe('The whole plan of the failover.'),
  dryRun: flag().prefault(false).describe('Say what would be done, and do nothing.'),
}).transform((spec): RegionFailbackSpec => spec);
