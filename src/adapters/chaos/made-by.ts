import type { OutageMaker } from '../../contracts/chaos/mesh-faults.ts';
import type { Leftover } from '../../contracts/kernel/leftovers.ts';
import { parseWorkflowId } from '../../kinds/locks.ts';
import type { KubernetesObject } from '../kubernetes-api/dynamic/api-resource.ts';

/** The act that made the object: `<runRef>/<step>`. */
export const actAnnotation = 'belay.dev/chaos-act';
/** The workflow ID of its run, and the Belay whose run that is: several may act on one cluster. */
const workflowAnnotation = 'belay.dev/chaos-workflow';
const installationAnnotation = 'belay.dev/installation';

export function makerAnnotations({
  workflowId,
  installation,
}: OutageMaker): Record<string, string> {
  return { [workflowAnnotation]: workflowId, [installationAnnotation]: installation };
}

/** Undefined where nobody of Belay has made it, or an earlier version that did not write this. */
export function readMaker({
  metadata: { annotations = {} },
}: KubernetesObject): (Leftover & Pick<OutageMaker, 'installation'>) | undefined {
  const { [actAnnotation]: act, [workflowAnnotation]: workflowId = '' } = annotations;
  const { [installationAnnotation]: installation } = annotations;
  const lock = parseWorkflowId(workflowId);
  if (act === undefined || lock === undefined || installation === undefined) return undefined;
  const end = act.lastIndexOf('/');
  return {
    owner: { workflowId, runRef: act.slice(0, end), step: Number(act.slice(end + 1)) },
    subject: { environment: lock.environment, name: lock.name },
    installation,
  };
}
