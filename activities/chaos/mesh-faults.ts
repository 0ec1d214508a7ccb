import type {
  ChaosMesh,
  MeshFacts,
  MeshFaultActivities,
  MeshPod,
} from '../../src/contracts/chaos/mesh-faults.ts';
import {
  judgeMeshPods,
  meshTargetsOf,
  rightsForOutages,
  rightToList,
} from '../../src/policies/chaos/mesh/judge-mesh-pods.ts';
import { judgeOutage } from '../../src/policies/chaos/mesh/judge-outage.ts';
import { listOpenFaults } from '../../src/policies/chaos/mesh/list-open-faults.ts';
import type { PodSelection } from '../../src/specs/chaos/pod-selection.ts';
import { mapPartErrors } from '../kernel/support/map-part-errors.ts';

export function createMeshFaultActivities(mesh: ChaosMesh): MeshFaultActivities {
  return {
    examineMeshPods: ({ selection, atMostMs }) =>
      mapPartErrors(() => examine(mesh, selection, atMostMs)),

    injectOutage: (order) => mapPartErrors(() => mesh.inject(order)),

    observeOutage: (call) =>
      mapPartErrors(async () => {
        const { pod } = call.target;
        // The object first: what has recovered by then is not taken for what is still replaced.
        const outage = await mesh.findOutage(call);
        const [found, pods, wanted] = await Promise.all([
          mesh.findPod(pod),
          mesh.listPods(pod),
          mesh.wanted(pod),
        ]);
        return judgeOutage(call.target, { outage, found, pods, wanted });
      }),

    removeOutage: (call) => mapPartErrors(() => mesh.remove(call)),
  };
}

async function examine(
  mesh: ChaosMesh,
  selection: PodSelection,
  atMostMs: number,
): Promise<MeshFacts> {
  const kinds = await mesh.listKinds(selection);
  const mayNotList = await mesh.refuseRight(selection, rightToList, rightToList.within);
  const pods = mayNotList === undefined ? await mesh.listPods(selection) : [];
  const mayNot = await refuseRights(mesh, selection, { pods, kinds });
  const targets = meshTargetsOf(selection, pods);
  const isInstalled = kinds.includes('podchaos');
  const first = targets[0];
  const refusals = [
    ...(mayNotList === undefined ? judgeMeshPods(selection, pods) : [mayNotList]),
    ...mayNot,
    ...(isInstalled
      ? []
      : ['the API server has no podchaos.chaos-mesh.org: Chaos Mesh is not installed there']),
    ...(mayNot.length === 0
      ? listOpenFaults(selection.namespace, await mesh.listObjects(selection, kinds))
      : []),
  ];
  if (isInstalled && mayNot.length === 0 && first !== undefined) {
    const why = await mesh.rehearse({
      act: { runRef: 'rehearsal', step: 0 },
      target: first,
      atMostMs,
    });
    if (why !== undefined) refusals.push(`Chaos Mesh would not take an outage: ${why}`);
  }
  return { pods: refusals.length > 0 ? [] : targets, refusals };
}

async function refuseRights(
  mesh: ChaosMesh,
  selection: PodSelection,
  { pods, kinds }: { pods: readonly MeshPod[]; kinds: readonly string[] },
): Promise<string[]> {
  const asked = rightsForOutages(pods, kinds).map(({ within, ...right }) =>
    mesh.refuseRight(selection, right, within),
  );
  return (await Promise.all(asked)).filter((each) => each !== undefined);
}
