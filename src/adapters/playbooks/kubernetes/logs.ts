import { PartError } from '../../../contracts/kernel/part-error.ts';
import type { WorkerProbePart } from '../../../contracts/recovery/playbooks/worker-parts.ts';
import type { KubernetesObject } from '../../kubernetes-api/dynamic/api-resource.ts';
import { attemptCheck } from '../attempt-check.ts';
import type { PlaybookClusters } from './cluster.ts';
import { at, nameOf, openWorkload, podsOf, type OpenWorkload } from './workload.ts';

const mostText = 16_384;
const mostPods = 10;
/** Of one container. */
const mostRead = 262_144;

export function readLogs(clusters: PlaybookClusters): WorkerProbePart {
  return {
    check: (inputs) =>
      attemptCheck(async () => {
        await podsOf(await openWorkload(clusters, inputs));
        return { problems: [], seen: [] };
      }),
    ask: async (inputs) => {
      const workload = await openWorkload(clusters, inputs);
      const all = await podsOf(workload);
      const pods = all.slice(0, mostPods);
      const containers = pods.flatMap((pod) => containersOf(pod, inputs));
      if (containers.length === 0) {
        const which = inputs['previous'] === true ? 'containers before a restart' : 'pods';
        throw new PartError('refused', `${nameOf(inputs)} has no ${which} with logs now`);
      }
      const read = await Promise.all(containers.map((one) => logOf(workload, one, inputs)));
      const missing = [
        ...(all.length > pods.length
          ? [`${all.length - pods.length} more pods were not read`]
          : []),
        ...(read.every(({ text }) => text === '') ? ['all logs are empty'] : []),
        ...read.flatMap(({ title, isCut }) => (isCut ? [`${title} was not read to its end`] : [])),
      ];
      const whole = read.map(({ text }) => text).join('\n');
      const { contains } = inputs;
      const isFound = typeof contains !== 'string' || whole.includes(contains);
      const share = Math.floor(mostText / read.length);
      const text = read.map((one) => endOf(one, share)).join('');
      const what = inputs['previous'] === true ? 'previous logs' : 'logs';
      return {
        passed: isFound && missing.length === 0,
        outputs: { pods: pods.length, text },
        seen: [
          { what, source: nameOf(inputs), value: text.slice(-900) },
          ...missing.map((value) => ({ what: 'missing', source: nameOf(inputs), value })),
          ...(typeof contains === 'string'
            ? [
                {
                  what: 'text',
                  source: nameOf(inputs),
                  value: isFound ? 'found' : 'not found',
                  threshold: contains,
                },
              ]
            : []),
        ],
      };
    },
  };
}

interface Container {
  pod: string;
  container: string;
}

function containersOf(
  pod: KubernetesObject,
  inputs: Readonly<Record<string, unknown>>,
): Container[] {
  const isPrevious = inputs['previous'] === true;
  const statuses = at(pod, 'status', 'containerStatuses');
  return (Array.isArray(statuses) ? statuses : [])
    .filter((status) => !isPrevious || at(status, 'lastState', 'terminated') !== undefined)
    .map((status) => ({ pod: pod.metadata.name, container: String(at(status, 'name')) }));
}

interface ReadLog {
  title: string;
  text: string;
  /** The kubelet stopped at the limit, before the newest lines. */
  isCut: boolean;
}

async function logOf(
  { cluster, object }: OpenWorkload,
  { pod, container }: Container,
  inputs: Readonly<Record<string, unknown>>,
): Promise<ReadLog> {
  const text = await cluster.logs(String(object.namespace), pod, {
    ...{ container, tailLines: String(inputs['lines']), limitBytes: String(mostRead) },
    ...(inputs['previous'] === true && { previous: 'true' }),
  });
  const isCut = Buffer.byteLength(text) >= mostRead;
  return { title: `${pod} ${container}`, text: text.trimEnd(), isCut };
}

/** Every container has the same share, so that one that writes much does not hide the others. */
function endOf({ title, text }: ReadLog, share: number): string {
  const heading = `--- ${title}\n`;
  return `${heading}${text.slice(-Math.max(1, share - heading.length - 1))}\n`;
}
