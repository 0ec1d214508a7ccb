import { Context } from '@temporalio/activity';
import type {
  ChaosMesh,
  MeshFacts,
  MeshFaultActivities,
  MeshPod,
  OutageMaker,
  OutageOrder,
} from '../../src/contracts/chaos/mesh-faults.ts';
import type { PodClaims } from '../../src/contracts/chaos/pod-faults.ts';
import { PartError } from '../../src/contracts/kernel/part-error.ts';
import { controllersOf, rightsToFind } from '../../src/policies/chaos/judge-pods.ts';
import {
  judgeMeshPods,
  meshTargetsOf,
  refuseChanged,
  rightsForOutages,
} from '../../src/policies/chaos/mesh/judge-mesh-pods.ts';
import { judgeOutage } from '../../src/policies/chaos/mesh/judge-outage.ts';
import { listOpenFaults } from '../../src/policies/chaos/mesh/list-open-faults.ts';
import type { PodSelection } from '../../src/specs/chaos/pod-selection.ts';
import { mapPartErrors } from '../kernel/support/map-part-errors.ts';
import { dropClaim, hitUnderClaim, refuseControllers } from './support/pod-claims.ts';

/** `installation`: tells this Belay from others that act on the same clusters. */
export function createMeshFaultActivities(
  mesh: ChaosMesh,
  claims: PodClaims,
  installation: string,
): MeshFaultActivities {
  return {
    examineMeshPods: ({ selection, atMostMs }) =>
      mapPartErrors(() => examine({ mesh, claims }, selection, atMostMs)),

    injectOutage: (order) =>
      mapPartErrors(() => {
        const { act, atMostMs, target } = order;
        return hitUnderClaim(claims, { act, atMostMs, pod: target.pod }, () =>
          mesh.inject({ ...order, maker: makerIn(installation) }, () =>
            requireAsExamined(mesh, order),
          ),
        );
      }),

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

    removeOutage: (call) =>
      mapPartErrors(async () => {
        await mesh.remove(call);
        await dropClaim(claims, { act: call.act, pod: call.target.pod });
      }),
  };
}

function makerIn(installation: string): OutageMaker {
  const { workflowId = '' } = Context.current().info.workflowExecution ?? {};
  return { workflowId, installation };
}

/**
 * What may ruin a pod for good can have appeared since it was examined. Whoever looks has made an object of its own
 * before: of two that begin at once, one sees the other.
 */
async function requireAsExamined(
  mesh: ChaosMesh,
  { act: { runRef }, target }: OutageOrder,
): Promise<void> {
  const { pod } = target;
  const objects = await mesh.listObjects(pod, await mesh.listKinds(pod));
  const found = await mesh.findPod(pod);
  const others = objects.filter((each) => each.runRef !== runRef);
  const refusals = [
    ...listOpenFaults(pod.namespace, others),
    ...(found === undefined ? [] : refuseChanged(target, found)),
  ];
  if (refusals.length > 0) throw new PartError('refused', refusals.join('; '));
}

async function examine(
  { mesh, claims }: { mesh: ChaosMesh; claims: PodClaims },
  selection: PodSelection,
  atMostMs: number,
): Promise<MeshFacts> {
  const kinds = await mesh.listKinds(selection);
  const toFind = rightsToFind(selection).map((right) =>
    mesh.refuseRight(selection, right, 'namespace'),
  );
  const mayNotFind = (await Promise.all(toFind)).filter((each) => each !== undefined);
  const pods = mayNotFind.length === 0 ? await mesh.listPods(selection) : [];
  const mayNot = await refuseRights(mesh, selection, { pods, kinds });
  const targets = meshTargetsOf(selection, pods);
  const controllers = controllersOf(pods).map((owner) => ({ ...selection, owner }));
  const isInstalled = kinds.includes('podchaos');
  const first = targets[0];
  const refusals = [
    ...(mayNotFind.length === 0 ? judgeMeshPods(selection, pods) : mayNotFind),
    ...mayNot,
    ...(isInstalled
      ? []
      : ['the API server has no podchaos.chaos-mesh.org: Chaos Mesh is not installed there']),
    ...(mayNot.length === 0
      ? [
          ...listOpenFaults(selection.namespace, await mesh.listObjects(selection, kinds)),
          ...(await refuseControllers(claims, controllers)),
        ]
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
