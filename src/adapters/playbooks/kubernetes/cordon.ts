import type { WorkerActionPart } from '../../../contracts/recovery/playbooks/worker-parts.ts';
import { attemptCheck } from '../attempt-check.ts';
import type { PlaybookClusters } from './cluster.ts';
import { resourceNamed, type NamedObject } from './object-name.ts';
import { at } from './workload.ts';
import { writeFenced } from './write-fenced.ts';

type Inputs = Readonly<Record<string, unknown>>;

export function cordonNode(clusters: PlaybookClusters): WorkerActionPart {
  const nodeOf = (inputs: Inputs): NamedObject => ({
    ...{ resource: resourceNamed('node'), namespace: undefined, name: String(inputs['node']) },
  });
  return {
    check: (inputs) =>
      attemptCheck(async () => {
        const cluster = await clusters.of(inputs['context']);
        const node = nodeOf(inputs);
        const before = { cordoned: at(await cluster.get(node), 'spec', 'unschedulable') === true };
        await cluster.merge(node, { spec: { unschedulable: true } }, true);
        const value = before.cordoned ? 'cordoned already' : 'not cordoned';
        return { problems: [], before, seen: [{ what: 'node', source: node.name, value }] };
      }),
    perform: async ({ inputs, act, before }) => {
      const cluster = await clusters.of(inputs['context']);
      const node = nodeOf(inputs);
      await writeFenced(cluster, node, act, () => ({ spec: { unschedulable: true } }));
      return {
        outputs: { before: at(before, 'cordoned') === true },
        seen: [{ what: 'node', source: node.name, value: 'cordoned' }],
      };
    },
    undo: async ({ inputs, act, before }) => {
      const cluster = await clusters.of(inputs['context']);
      const unschedulable =
        at(before, 'cordoned') === true ? {} : { spec: { unschedulable: null } };
      await writeFenced(cluster, nodeOf(inputs), act, () => unschedulable);
      return { outputs: {}, seen: [] };
    },
  };
}
