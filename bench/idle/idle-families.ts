import { rolloutWorkflowId } from '../../src/kinds/locks.ts';
import { workflowTypes } from '../../src/kinds/workflow-types.ts';

/** A workflow of a family that waits for something. */
export interface IdleFamily {
  family: string;
  /** What it waits for. */
  what: string;
  workflowType: string;
  workflowId: (n: number) => string;
  args: (n: number) => unknown[];
}

export const idleFamilies: readonly IdleFamily[] = [
  {
    family: 'rollouts',
    what: 'a canary in a hold',
    workflowType: workflowTypes.canary,
    workflowId: (n) => rolloutWorkflowId({ environment: 'bench', service: `shop-${n}` }),
    args: (n) => [
      {
        ...{ service: `shop-${n}`, environment: 'bench', target: { platform: 'local' } },
        release: { version: 'v2', command: ['serve'] },
        stages: [{ weight: 20, hold: '1h' }],
      },
    ],
  },
];
