import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubernetesObject } from '../../kubernetes-api/dynamic/api-resource.ts';
import type { VolumeData } from '../judge/volume-data.ts';
import { pods } from '../kinds.ts';
import type { ExpectedClaim } from '../names.ts';
import type { PodObject } from '../objects.ts';
import { fieldManager } from '../requests.ts';
import type { Velero } from '../settings.ts';
import { storedBytesOf, type Reading } from './judge-reading.ts';

interface ReadBy {
  image: string;
  map: Readonly<Record<string, string>>;
  expected: readonly ExpectedClaim[];
  stored: readonly VolumeData[];
  withinMs: number;
  cancelled: AbortSignal;
}

interface ReaderObject extends PodObject {
  status?: PodObject['status'] & {
    containerStatuses?: readonly {
      state?: {
        terminated?: { message?: string };
        waiting?: { message?: string; reason?: string };
      };
    }[];
  };
}

const everyMs = 1_000;
/** Every file of the volume, to its end. It leaves their bytes, or why it could not read all of them. */
const script = [
  'exec 3> /dev/termination-log',
  'n=$({ find /volume -type f -exec cat {} + || echo "a file cannot be read" >&3; } | wc -c)',
  '[ -s /dev/termination-log ] && exit 1',
  'printf %s $n >&3',
].join('; ');

/** Has every claim of a copy read to its end by a pod of its own, which goes with the copy. */
export async function readByPods(velero: Velero, read: ReadBy): Promise<Reading[]> {
  const readers = await Promise.all(read.expected.map((each) => startReader(velero, read, each)));
  const deadlineMs = performance.now() + read.withinMs;
  for (;;) {
    const readings = await Promise.all(readers.map((each) => readingOf(velero, each)));
    const isOver = readings.every(({ phase }) => ['Succeeded', 'Failed'].includes(phase));
    if (isOver || performance.now() > deadlineMs) {
      await Promise.all(readers.map((each) => removeReader(velero, each)));
      return readings;
    }
    await sleep(everyMs, undefined, { signal: read.cancelled });
  }
}

interface Reader {
  namespace: string;
  name: string;
  claim: string;
  storedBytes: number | undefined;
}

async function startReader(
  { api }: Velero,
  { image, map, stored }: ReadBy,
  expected: ExpectedClaim,
): Promise<Reader> {
  const [source = '', claimName = ''] = expected.claim.split('/');
  const namespace = map[source] ?? source;
  // One of an earlier attempt has read what was there then.
  const name = `belay-reads-${randomUUID()}`;
  const others = (await api.list(pods, namespace, {})) as PodObject[];
  // A volume of one node is read there.
  const nodeName = others.find(({ spec }) =>
    (spec?.volumes ?? []).some((each) => each.persistentVolumeClaim?.claimName === claimName),
  )?.spec?.nodeName;
  const reader = readerPod({ namespace, name, image, claimName, nodeName });
  await api.apply(pods, reader, { fieldManager, dryRun: false });
  const claim = `${namespace}/${claimName}`;
  return { namespace, name, claim, storedBytes: storedBytesOf(expected, stored) };
}

interface ReaderPod {
  namespace: string;
  name: string;
  image: string;
  claimName: string;
  nodeName: string | undefined;
}

/** It reads whatever the volume has, whoever owns it, and can do nothing else. */
function readerPod({ namespace, name, image, claimName, nodeName }: ReaderPod): KubernetesObject {
  return {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name } },
    spec: {
      ...{ restartPolicy: 'Never', automountServiceAccountToken: false, enableServiceLinks: false },
      ...(nodeName !== undefined && { nodeName }),
      securityContext: { runAsUser: 0, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          ...{ name: 'reader', image, imagePullPolicy: 'IfNotPresent' },
          command: ['sh', '-c', script],
          securityContext: {
            ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
            capabilities: { drop: ['ALL'], add: ['DAC_READ_SEARCH'] },
          },
          volumeMounts: [{ name: 'volume', mountPath: '/volume', readOnly: true }],
        },
      ],
      volumes: [{ name: 'volume', persistentVolumeClaim: { claimName, readOnly: true } }],
    },
  };
}

/** A claim that it mounts could not be deleted. What is left of an interruption goes with the copy. */
async function removeReader({ api }: Velero, { namespace, name }: Reader): Promise<void> {
  const there = await api.get(pods, namespace, name);
  if (there !== undefined) await api.remove(pods, there);
}

async function readingOf({ api }: Velero, reader: Reader): Promise<Reading> {
  const { namespace, name, claim, storedBytes } = reader;
  const found = (await api.get(pods, namespace, name)) as ReaderObject | undefined;
  const { phase = 'Pending', conditions = [], containerStatuses = [] } = found?.status ?? {};
  const { terminated, waiting } = containerStatuses[0]?.state ?? {};
  const unmet = conditions.find(({ status, message }) => status === 'False' && message);
  const message =
    terminated?.message ?? waiting?.message ?? waiting?.reason ?? unmet?.message ?? '';
  return {
    ...{ claim, phase: found === undefined ? 'gone' : phase, message },
    ...(storedBytes !== undefined && { storedBytes }),
  };
}
