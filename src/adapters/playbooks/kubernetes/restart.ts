import type { WorkerActionPart } from '../../../contracts/recovery/playbooks/worker-parts.ts';
import { attemptCheck } from '../attempt-check.ts';
import type { PlaybookClusters } from './cluster.ts';
import { nameOf, openWorkload } from './workload.ts';
import { writeFenced } from './write-fenced.ts';

const mark = 'kubectl.kubernetes.io/restartedAt';

export function restartWorkload(clusters: PlaybookClusters): WorkerActionPart {
  return {
    check: (inputs) =>
      attemptCheck(async () => {
        const { cluster, object } = await openWorkload(clusters, inputs);
        await cluster.merge(object, restartAt('2000-01-01T00:00:00.000Z'), true);
        return {
          problems: [],
          seen: [{ what: 'restart', source: nameOf(inputs), value: 'is allowed' }],
        };
      }),
    perform: async ({ inputs, act }) => {
      const { cluster, object } = await openWorkload(clusters, inputs);
      const restartedAt = new Date(act.step).toISOString();
      await writeFenced(cluster, object, act, () => restartAt(restartedAt));
      return {
        outputs: { restartedAt },
        seen: [{ what: 'restarted', source: nameOf(inputs), value: restartedAt }],
      };
    },
  };
}

function restartAt(time: string): object {
  return { spec: { template: { metadata: { annotations: { [mark]: time } } } } };
}
