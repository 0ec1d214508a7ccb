import type { WorkerActionPart } from '../../../contracts/recovery/playbooks/worker-parts.ts';
import { attemptCheck } from '../attempt-check.ts';
import type { PlaybookClusters } from './cluster.ts';
import { resourceNamed } from './object-name.ts';
import { at, nameOf, openWorkload, type OpenWorkload } from './workload.ts';
import { writeFenced } from './write-fenced.ts';

const scalable = ['Deployment', 'StatefulSet'];

/** Its undo puts back only what is still as the act left it, and fences a late attempt in any case. */
export function scaleWorkload(clusters: PlaybookClusters): WorkerActionPart {
  return {
    check: (inputs) =>
      attemptCheck(async () => {
        const workload = await openWorkload(clusters, inputs, scalable);
        const { cluster, object, present } = workload;
        const before = { replicas: replicasOf(present), uid: present.metadata.uid };
        await cluster.merge(object, { spec: { replicas: inputs['replicas'] } }, true);
        const scaler = await autoscalerOf(workload);
        return {
          problems:
            scaler === undefined
              ? []
              : [
                  `the autoscaler ${scaler} sets the replicas of ${nameOf(inputs)}: patch its minReplicas`,
                ],
          before,
          seen: [{ what: 'replicas', source: nameOf(inputs), value: String(before.replicas) }],
        };
      }),
    perform: async ({ inputs, act, before }) => {
      const { cluster, object } = await openWorkload(clusters, inputs, scalable);
      const wanted = Number(inputs['replicas']);
      const written = await writeFenced(cluster, object, act, (present) => {
        const isMore = replicasOf(present) > wanted;
        return isMore && inputs['atLeast'] === true ? {} : { spec: { replicas: wanted } };
      });
      const was = Number(at(before, 'replicas'));
      const replicas = replicasOf(written);
      return {
        outputs: { before: was, replicas },
        seen: [{ what: 'replicas', source: nameOf(inputs), value: `${was} -> ${replicas}` }],
      };
    },
    undo: async ({ inputs, act, before }) => {
      const { cluster, object } = await openWorkload(clusters, inputs, scalable);
      await writeFenced(cluster, object, act, (present) => {
        const isOurs =
          present.metadata.uid === at(before, 'uid') &&
          replicasOf(present) === Number(inputs['replicas']);
        return isOurs ? { spec: { replicas: at(before, 'replicas') } } : {};
      });
      return { outputs: {}, seen: [] };
    },
  };
}

function replicasOf(present: unknown): number {
  return Number(at(present, 'spec', 'replicas') ?? 1);
}

async function autoscalerOf({ cluster, object }: OpenWorkload): Promise<string | undefined> {
  const all = await cluster.list(
    resourceNamed('horizontalpodautoscaler'),
    String(object.namespace),
  );
  const own = all.find((each) => {
    const target = at(each, 'spec', 'scaleTargetRef');
    return at(target, 'kind') === object.resource.kind && at(target, 'name') === object.name;
  });
  return own?.metadata.name;
}
