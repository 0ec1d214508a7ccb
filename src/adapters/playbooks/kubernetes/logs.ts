import {
  PartError,
  type WorkerProbePart,
} from '../../../contracts/recovery/playbooks/worker-parts.ts';
import type { KubernetesObject } from '../../kubernetes-api/dynamic/api-resource.ts';
import { attemptCheck } from '../attempt-check.ts';
import type { PlaybookClusters } from './cluster.ts';
import { at, nameOf, openWorkload, podsOf, type OpenWorkload } from './workload.ts';

const mostText = 16_384;
const mostPods = 10;

export function readLogs(clusters: PlaybookClusters): WorkerProbePart {
  return {
    check: (inputs) =>
      attemptCheck(async () => {
        await podsOf(await openWorkload(clusters, inputs));
        return { problems: [], seen: [] };
      }),
    ask: async (inputs) => {
      const workload = await openWorkload(clusters, inputs);
      const pods = (await podsOf(workload)).slice(0, mostPods);
      const parts = await Promise.all(pods.map((pod) => logsOf(workload, pod, inputs)));
      const read = parts.flat();
      if (read.length === 0) {
        const which = inputs['previous'] === true ? 'containers before a restart' : 'pods';
        throw new PartError('refused', `${nameOf(inputs)} has no ${which} with logs now`);
      }
      const whole = read.join('\n');
      const { contains } = inputs;
      const passed = typeof contains !== 'string' || whole.includes(contains);
      const text = whole.slice(-mostText);
      const what = inputs['previous'] === true ? 'previous logs' : 'logs';
      return {
        passed,
        outputs: { pods: pods.length, text },
        seen: [
          { what, source: nameOf(inputs), value: text.slice(-900) || '(empty)' },
          ...(typeof contains === 'string'
            ? [
                {
                  what: 'text',
                  source: nameOf(inputs),
                  value: passed ? 'found' : 'not found',
                  threshold: contains,
                },
              ]
            : []),
        ],
      };
    },
  };
}

async function logsOf(
  { cluster, object }: OpenWorkload,
  pod: KubernetesObject,
  inputs: Readonly<Record<string, unknown>>,
): Promise<string[]> {
  const isPrevious = inputs['previous'] === true;
  const { name } = pod.metadata;
  const statuses = at(pod, 'status', 'containerStatuses');
  const containers = (Array.isArray(statuses) ? statuses : []).filter(
    (status) => !isPrevious || at(status, 'lastState', 'terminated') !== undefined,
  );
  return Promise.all(
    containers.map(async (status) => {
      const container = String(at(status, 'name'));
      const query = {
        container,
        tailLines: String(inputs['lines']),
        ...(isPrevious && { previous: 'true' }),
      };
      const text = await cluster.logs(String(object.namespace), name, query);
      return `--- ${name} ${container}\n${text.trimEnd()}`;
    }),
  );
}
