/** The form of `chaos` in an agent's settings file. */
import * as z from 'zod';
import { isMapping, judgedBy, type Finding, type Unfinished } from '../kernel/finding.ts';
import { refusal, showGiven } from '../kernel/given.ts';
import { named, place } from '../kernel/host-written.ts';
import { offerKnown } from '../kernel/known-keys.ts';
import { choice, duration, listOf, mapping, share, text, wholeNumber } from '../kernel/written.ts';
import type {
  ChaosSettings,
  FaultyCopy,
  FaultyDisk,
  FaultyNetwork,
  FaultyProcess,
  FaultyProxy,
  FoundBy,
} from './agent-settings.ts';
import { faultsOf, type TargetPart } from './fault.ts';
import { peerAddress } from './peer-address.ts';

const minuteMs = 60_000;

const faults = (part: TargetPart) =>
  listOf(choice(faultsOf(part)), `write a list of ${faultsOf(part).join(', ')}`);

const process = mapping(
  {
    pidFile: place('the file with its process ID').exactOptional(),
    port: wholeNumber(1, 65_535).exactOptional(),
    faults: faults('process'),
  },
  { pid: 'a process ID changes; write pidFile, or port', name: 'write pidFile, or port' },
)
  .check(judgedBy(judgeProcess))
  .transform(({ pidFile, port = 0, faults }) => {
    const foundBy: FoundBy = pidFile === undefined ? { port } : { pidFile };
    return { foundBy, faults };
  });

function judgeProcess({ pidFile, port }: Unfinished): Finding[] {
  if ((pidFile === undefined) !== (port === undefined)) return [];
  const found = pidFile === undefined ? 'cannot be found' : 'has pidFile and port';
  return [{ path: [], message: `${found}; write pidFile, or the port on which it listens` }];
}

/** As many as one rule of the kernel takes. */
const ports = () =>
  z
    .array(wholeNumber(1, 65_535), { error: refusal('write a list of ports') })
    .max(15, { error: 'has too many ports; at most 15' })
    .prefault([]);

const network = mapping(
  {
    interface: text('write the name of an interface, such as eth0', /^[\w.:@-]{1,15}$/),
    namespace: place('a network namespace, such as /run/netns/shop').exactOptional(),
    peers: listOf(peerAddress(), 'write a list of addresses and ranges').max(20, {
      error: 'has too many peers; at most 20: write ranges',
    }),
    ports: ports(),
    ownPorts: ports(),
    faults: faults('network'),
  },
  {
    port: 'write ports: a list',
    peer: 'write peers: a list',
    process: 'write namespace: the path of the network namespace of the process',
    addresses: 'write peers',
  },
);

const disk = mapping(
  {
    folder: place('a folder of the file system'),
    leave: share('1% to 99%', 0.01, 0.99).prefault('5%'),
  },
  {
    path: 'write folder',
    faults: 'leave it out: a disk is filled, and nothing else',
    leaveFree: 'write leave',
  },
);

const proxy = mapping(
  {
    toxiproxy: text(
      'write the address of the API of a Toxiproxy on this host, such as http://127.0.0.1:8474',
      /^http:\/\/(127\.\d+\.\d+\.\d+|localhost|\[::1\]):\d{1,5}$/,
    ),
    proxy: text('write the name of a proxy of that Toxiproxy', /^[^\s/?#]{1,100}$/),
    probe: text('write the name of a probe of this agent that connects through the proxy'),
    faults: faults('proxy'),
  },
  {
    name: 'write proxy: its name in Toxiproxy',
    api: 'write toxiproxy',
    address: 'write toxiproxy',
    url: 'write toxiproxy',
    listen: 'leave it out: Toxiproxy knows where it listens',
  },
);

const copy = mapping(
  { folder: place('the folder of a copy, in which there is a file .belay-copy') },
  {
    path: 'write folder',
    file: 'write folder: all of its files may be damaged',
    files: 'write folder: all of its files may be damaged',
    faults: 'leave it out: bits of a copy are wrong, and nothing else',
  },
);

const host = mapping({ faults: faults('host') });

export const chaosSection = mapping(
  {
    longest: duration(1_000, 60 * minuteMs).prefault('15m'),
    processes: named('process', process),
    networks: named('network', network),
    disks: named('disk', disk),
    proxies: named('proxy', proxy),
    copies: named('copy', copy),
    host: host.exactOptional(),
  },
  {
    faults: 'write it in a process, or in host',
    targets: 'write processes',
    interfaces: 'write networks',
    folders: 'write disks or copies',
    files: 'write copies',
    toxiproxy: 'write proxies',
  },
)
  .transform(
    ({ longest, processes, networks, disks, proxies, copies, host: own }): ChaosSettings => ({
      longestMs: longest,
      processes: Object.entries(processes).map(([name, each]): FaultyProcess => ({
        name,
        ...each,
      })),
      networks: Object.entries(networks).map(([name, each]): FaultyNetwork => ({ name, ...each })),
      disks: Object.entries(disks).map(([name, each]): FaultyDisk => ({
        name,
        ...each,
        faults: faultsOf('disk'),
      })),
      proxies: Object.entries(proxies).map(([name, each]): FaultyProxy => ({
        name,
        ...each,
        probeTimeoutMs: 0,
      })),
      copies: Object.entries(copies).map(([name, each]): FaultyCopy => ({
        name,
        ...each,
        faults: faultsOf('copy'),
      })),
      hostFaults: own?.faults ?? [],
    }),
  )
  .exactOptional();

/** Of a whole settings file: the probes that proxies name are there, and wait for an answer. */
export function judgeProxies({ chaos, probes }: Unfinished): Finding[] {
  if (!isMapping(chaos) || !isMapping(chaos['proxies'])) return [];
  const known = isMapping(probes) ? probes : {};
  return Object.entries(chaos['proxies']).flatMap(([name, proxy]) => {
    const probe = isMapping(proxy) ? proxy['probe'] : undefined;
    const message = typeof probe === 'string' ? refuseProxyProbe(probe, known) : undefined;
    return message === undefined ? [] : [{ path: ['chaos', 'proxies', name, 'probe'], message }];
  });
}

function refuseProxyProbe(probe: string, known: Unfinished): string | undefined {
  const names = Object.keys(known);
  if (!names.includes(probe)) {
    const offer = names.length === 0 ? 'there are no probes' : offerKnown(probe, names);
    return `there is no probe ${showGiven(probe)}; ${offer}`;
  }
  const written = known[probe];
  if (!isMapping(written) || written['tcp'] === undefined) return undefined;
  return `the probe ${probe} only connects, which a proxy accepts by itself; name one of http or command`;
}
