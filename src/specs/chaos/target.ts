import * as z from 'zod';
import { agentName } from '../kernel/agent-name.ts';
import { refusal } from '../kernel/given.ts';
import { isMapping, judgedBy, type Finding, type Unfinished } from '../kernel/finding.ts';
import { idPart, listOf, mapping } from '../kernel/written.ts';
import {
  meshFaultTypes,
  requestFaultTypes,
  targetsOfFaults,
  trackFaultTypes,
  type TargetPart,
} from './fault.ts';
import { podSelectionSchema, type PodSelection } from './pod-selection.ts';
import { partOf, parts, type TargetName } from './target-part.ts';
import { trackSelectionSchema, type TrackSelection } from './track-selection.ts';

/** What may be hit. Who hits it follows from it: the agents of hosts, or a worker at its cluster or platform. */
export type ExperimentTarget = HostTarget | PodTarget | TrackTarget;

export interface PodTarget {
  pods: PodSelection;
}

export interface TrackTarget {
  tracks: TrackSelection;
}

/** The same on each of these hosts. */
export interface HostTarget extends TargetName {
  agents: string[];
}

/** How many of them are hit. */
export type BlastRadius = { count: number } | { percent: number };

const agents = listOf(agentName, 'write a list of agents')
  .max(100, { error: 'has too many agents; at most 100' })
  .superRefine((names, context) => {
    names.forEach((name, index) => {
      if (names.indexOf(name) === index) return;
      context.addIssue({ code: 'custom', path: [index], message: `${name} is there twice` });
    });
  });

export const targetSchema = mapping(
  {
    agents: agents.exactOptional().describe('The agents of the hosts that may be hit.'),
    process: idPart('process')
      .exactOptional()
      .describe('A process, as chaos.processes of the settings of these agents names it.'),
    network: idPart('network')
      .exactOptional()
      .describe('A network, as chaos.networks of the settings of these agents names it.'),
    disk: idPart('disk')
      .exactOptional()
      .describe('A file system, as chaos.disks of the settings of these agents names it.'),
    proxy: idPart('proxy')
      .exactOptional()
      .describe('A proxy of Toxiproxy, as chaos.proxies of the settings of these agents names it.'),
    copy: idPart('copy')
      .exactOptional()
      .describe(
        'Files that are declared to be a copy, as chaos.copies of the settings of these agents names them.',
      ),
    host: z
      .literal(true, { error: refusal('write true, or name a process') })
      .exactOptional()
      .describe('true: the hosts themselves.'),
    pods: podSelectionSchema
      .exactOptional()
      .describe('Pods of Kubernetes instead, hit by a worker: no agent is needed.'),
    tracks: trackSelectionSchema
      .exactOptional()
      .describe(
        'Two tracks of a service of the local platform instead: one gets the fault, and is judged against the other.',
      ),
  },
  {
    agent: 'write agents: a list',
    processes: 'write process: one name',
    networks: 'write network: one name',
    interface: 'write network: a name of chaos.networks of the settings of these agents',
    disks: 'write disk: one name',
    folder: 'write disk: a name of chaos.disks of the settings of these agents',
    toxiproxy: 'write proxy: a name of chaos.proxies of the settings of these agents',
    proxies: 'write proxy: one name',
    copies: 'write copy: one name',
    files: 'write copy: a name of chaos.copies of the settings of these agents',
    service: 'write process, or tracks: { service } for one of the local platform',
    track: 'write tracks',
  },
)
  .check(judgedBy(judgeTarget))
  .transform(({ agents: names = [], pods, tracks, ...part }): ExperimentTarget => {
    if (pods !== undefined) return { pods };
    if (tracks !== undefined) return { tracks };
    return {
      agents: names,
      ...(part.process !== undefined && { process: part.process }),
      ...(part.network !== undefined && { network: part.network }),
      ...(part.disk !== undefined && { disk: part.disk }),
      ...(part.proxy !== undefined && { proxy: part.proxy }),
      ...(part.copy !== undefined && { copy: part.copy }),
    };
  });

/** Instead of hosts. */
const means = ['pods', 'tracks'] as const;

function judgeTarget(given: Unfinished): Finding[] {
  const own = means.find((key) => given[key] !== undefined);
  if (own === undefined) return judgeHostTarget(given);
  const others = ['agents', ...parts].filter((key) => given[key] !== undefined);
  const isBoth = means.every((key) => given[key] !== undefined);
  return [
    ...others.map((key) => ({ path: [key], message: `is of hosts; leave it out beside ${own}` })),
    ...(isBoth ? [{ path: [], message: `has ${list(means)}; write one of them` }] : []),
  ];
}

function judgeHostTarget(given: Unfinished): Finding[] {
  if (given['agents'] === undefined) {
    return [
      { path: ['agents'], message: 'missing; write a list of agents, or pods or tracks instead' },
    ];
  }
  const written = parts.filter((part) => given[part] !== undefined);
  if (written.length === 1) return [];
  const found = written.length === 0 ? 'says nothing of what is hit' : `has ${list(written)}`;
  return [
    { path: [], message: `${found}; write one of process, network, disk, proxy, copy, host: true` },
  ];
}

/** Of a fault and a target as they were written: whether that can be done to it. */
export function judgeFaultOfTarget(type: unknown, target: Unfinished): Finding[] {
  if (target['pods'] !== undefined) return judgeFaultOfPods(type, target['pods']);
  if (target['tracks'] !== undefined) return judgeFaultOfTracks(type, target['tracks']);
  if (isMeshFault(type)) {
    const message = `${String(type)} is done to pods by Chaos Mesh; write target.pods with means: chaosMesh, or another fault.type`;
    return [{ path: ['fault', 'type'], message }];
  }
  const targets: Readonly<Record<string, readonly TargetPart[]>> = targetsOfFaults;
  const can = typeof type === 'string' ? targets[type] : undefined;
  if (can === undefined || parts.filter((part) => target[part] !== undefined).length > 1) {
    return [];
  }
  const part = partOf(target);
  if (can.includes(part)) return [];
  const what = can.map((each) => (each === 'host' ? 'a host' : `a ${each}`)).join(' or ');
  const write = can.map((each) => `target.${each}`).join(' or ');
  const message = `${String(type)} is done to ${what}, not to a ${part}; write ${write}, or another fault.type`;
  return [{ path: ['fault', 'type'], message }];
}

/**
 * The API server can end a pod, and nothing else of what is injected. Chaos Mesh is asked only for what its controller
 * does without its daemons, and for no crash: it finds a pod by its name, and kills whatever has that name by then.
 */
function judgeFaultOfPods(type: unknown, pods: unknown): Finding[] {
  if (typeof type !== 'string') return [];
  const isOfMesh = isMapping(pods) && pods['means'] === 'chaosMesh';
  if (isOfMesh ? isMeshFault(type) : type === 'crash') return [];
  return [{ path: ['fault', 'type'], message: isOfMesh ? refuseByMesh(type) : refuseOfPods(type) }];
}

function refuseByMesh(type: string): string {
  const said = `${type} is not done by Chaos Mesh here; write ${meshFaultTypes.join(' or ')}`;
  if (type === 'crash') return `${said}, or leave target.pods.means out: Kubernetes crashes pods`;
  return `${said}, or target.agents with an agent beside the pods`;
}

function refuseOfPods(type: string): string {
  if (isMeshFault(type)) return `${type} is done by Chaos Mesh; write target.pods.means: chaosMesh`;
  return `${type} is not done to pods; write crash, or target.agents with an agent beside them`;
}

function isMeshFault(type: unknown): boolean {
  return meshFaultTypes.some((each) => each === type);
}

/** The router of a platform can do this to requests, or to a replica that it has started for a track. */
function judgeFaultOfTracks(type: unknown, tracks: unknown): Finding[] {
  if (typeof type !== 'string') return [];
  const isOnKubernetes = isMapping(tracks) && tracks['kubernetes'] !== undefined;
  if (isOnKubernetes && !requestFaultTypes.some((each) => each === type)) {
    const message = `${type} is not done to tracks on Kubernetes; write ${requestFaultTypes.join(' or ')}, or target.pods`;
    return [{ path: ['fault', 'type'], message }];
  }
  if (trackFaultTypes.some((each) => each === type)) return [];
  const message = `${type} is not done to tracks; write ${trackFaultTypes.slice(0, -1).join(', ')} or ${trackFaultTypes.at(-1)}, or target.agents with an agent of the host`;
  return [{ path: ['fault', 'type'], message }];
}

function list(names: readonly string[]): string {
  return [names.slice(0, -1).join(', '), names.at(-1)].join(' and ');
}
