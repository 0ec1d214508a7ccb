import { PartError } from '../../../contracts/kernel/part-error.ts';
import type { WorkerActionPart } from '../../../contracts/recovery/playbooks/worker-parts.ts';
import { attemptCheck } from '../attempt-check.ts';
import type { PlaybookClusters } from './cluster.ts';
import { resourceNamed, type NamedObject } from './object-name.ts';
import { at } from './workload.ts';

type Inputs = Readonly<Record<string, unknown>>;

/** By its uid: an attempt that comes late does not hit the pod that replaced it. */
export function deletePod(clusters: PlaybookClusters): WorkerActionPart {
  const open = async (inputs: Inputs) => {
    const namespace = String(inputs['namespace']);
    const pod: NamedObject = {
      resource: resourceNamed('pod'),
      namespace,
      name: String(inputs['pod']),
    };
    return { pod, cluster: await clusters.of(inputs['context'], namespace) };
  };
  return {
    check: (inputs) =>
      attemptCheck(async () => {
        const { pod, cluster } = await open(inputs);
        const { uid = '', ownerReferences = [] } = (await cluster.get(pod)).metadata;
        const owner = ownerReferences.find(({ controller }) => controller);
        if (owner === undefined) {
          throw new PartError(
            'refused',
            `pod ${pod.name} has no controller: nothing would replace it`,
          );
        }
        await cluster.remove(pod, uid, true);
        const value = `${uid}, of ${owner.kind} ${owner.name}`;
        return { problems: [], before: { uid }, seen: [{ what: 'pod', source: pod.name, value }] };
      }),
    perform: async ({ inputs, before }) => {
      const { pod, cluster } = await open(inputs);
      const uid = String(at(before, 'uid'));
      await cluster.remove(pod, uid, false);
      return { outputs: { uid }, seen: [{ what: 'deleted', source: pod.name, value: uid }] };
    },
  };
}
