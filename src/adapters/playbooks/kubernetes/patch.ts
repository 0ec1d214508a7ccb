import { PartError } from '../../../contracts/kernel/part-error.ts';
import type { WorkerActionPart } from '../../../contracts/recovery/playbooks/worker-parts.ts';
import { fenceAnnotation } from './judge-fence.ts';
import { inversePatch, isApplied, undoOf } from './merge-patch.ts';
import { attemptCheck } from '../attempt-check.ts';
import type { PlaybookClusters } from './cluster.ts';
import { parseObject, type NamedObject } from './object-name.ts';
import { at } from './workload.ts';
import { writeFenced } from './write-fenced.ts';

type Inputs = Readonly<Record<string, unknown>>;
type Patch = Readonly<Record<string, unknown>>;

export function patchObject(clusters: PlaybookClusters): WorkerActionPart {
  const open = async (inputs: Inputs) => {
    const object = parseObject(inputs['object'], inputs['namespace']);
    return { object, cluster: await clusters.of(inputs['context'], object.namespace) };
  };
  return {
    check: (inputs) =>
      attemptCheck(async () => {
        const { object, cluster } = await open(inputs);
        const patch = readPatch(inputs);
        const present = await cluster.get(object);
        await cluster.merge(object, patch, true);
        const before = { uid: present.metadata.uid, inverse: inversePatch(present, patch) };
        const value = JSON.stringify(before.inverse);
        return { problems: [], before, seen: [{ what: 'before', source: nameOf(object), value }] };
      }),
    perform: async ({ inputs, act, before }) => {
      const { object, cluster } = await open(inputs);
      const patch = readPatch(inputs);
      await writeFenced(cluster, object, act, () => patch);
      const inverse = at(before, 'inverse');
      const changed = inverse === undefined || !isApplied(inverse, patch);
      return {
        outputs: { changed },
        seen: [{ what: 'patched', source: nameOf(object), value: JSON.stringify(patch) }],
      };
    },
    undo: async ({ inputs, act, before }) => {
      const { object, cluster } = await open(inputs);
      const patch = readPatch(inputs);
      await writeFenced(cluster, object, act, (present) =>
        present.metadata.uid === at(before, 'uid')
          ? undoOf(present, patch, at(before, 'inverse') as Patch)
          : {},
      );
      return { outputs: {}, seen: [] };
    },
  };
}

const ownedByServer = [
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'managedFields',
  'ownerReferences',
];

function readPatch(inputs: Inputs): Patch {
  const patch = inputs['patch'] as Patch;
  const problems = [
    ...['apiVersion', 'kind', 'status']
      .filter((key) => Object.hasOwn(patch, key))
      .map((key) => `${key} cannot be patched here`),
    ...ownedByServer
      .filter((key) => at(patch, 'metadata', key) !== undefined)
      .map((key) => `metadata.${key} cannot be patched here`),
    ...(at(patch, 'metadata', 'annotations', fenceAnnotation) === undefined
      ? []
      : [`${fenceAnnotation} is Belay's own`]),
  ];
  if (problems.length > 0) throw new PartError('refused', problems.join('; '));
  return patch;
}

function nameOf({ resource, namespace, name }: NamedObject): string {
  const place = namespace === undefined ? '' : `${namespace}/`;
  return `${place}${resource.kind.toLowerCase()}/${name}`;
}
