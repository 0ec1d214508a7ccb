import type { WorkerProbePart } from '../../../contracts/recovery/playbooks/worker-parts.ts';
import type { KubernetesObject } from '../../kubernetes-api/dynamic/api-resource.ts';
import { attemptCheck } from '../attempt-check.ts';
import type { PlaybookClusters } from './cluster.ts';
import { resourceNamed } from './object-name.ts';
import { at } from './workload.ts';

const mostEvents = 50;
const mostText = 16_384;
/** As many are listed at once, in no order. */
const mostListed = 500;

export function readEvents(clusters: PlaybookClusters): WorkerProbePart {
  const read = async (inputs: Readonly<Record<string, unknown>>) => {
    const namespace = String(inputs['namespace']);
    const cluster = await clusters.of(inputs['context'], namespace);
    return cluster.list(resourceNamed('event'), namespace, { limit: String(mostListed) });
  };
  return {
    check: (inputs) =>
      attemptCheck(async () => {
        await read(inputs);
        return { problems: [], seen: [] };
      }),
    ask: async (inputs) => {
      const { about } = inputs;
      const listed = await read(inputs);
      const all = listed
        .filter((event) => typeof about !== 'string' || subjectOf(event).includes(`/${about}`))
        .toSorted((one, other) => timeOf(one).localeCompare(timeOf(other)));
      const warnings = all.filter((event) => event['type'] === 'Warning').length;
      const text = all.slice(-mostEvents).map(lineOf).join('\n').slice(-mostText);
      const source = `events of ${String(inputs['namespace'])}`;
      const isPart = listed.length >= mostListed;
      return {
        passed: true,
        outputs: { warnings, text },
        seen: [
          { what: `events (${warnings} warnings)`, source, value: text.slice(-900) || 'none' },
          ...(isPart
            ? [{ what: 'missing', source, value: `there are more than ${mostListed} events` }]
            : []),
        ],
      };
    },
  };
}

function timeOf(event: KubernetesObject): string {
  const times = [event['lastTimestamp'], event['eventTime'], event.metadata['creationTimestamp']];
  return String(times.find((time) => typeof time === 'string') ?? '');
}

function subjectOf(event: KubernetesObject): string {
  const involved = event['involvedObject'];
  return `${String(at(involved, 'kind'))}/${String(at(involved, 'name'))}`;
}

function lineOf(event: KubernetesObject): string {
  const { message: said } = event;
  const message = typeof said === 'string' ? said.replace(/\s+/g, ' ') : '';
  return `${timeOf(event)} ${String(event['type'])} ${String(event['reason'])} ${subjectOf(event)}: ${message}`;
}
