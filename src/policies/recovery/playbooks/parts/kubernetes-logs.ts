import type { Part } from '../../../../contracts/recovery/playbooks/part.ts';
import { clusterInputs, workloadInput } from './cluster-inputs.ts';

export const kubernetesLogs = {
  name: 'kubernetes.logs',
  is: 'probe',
  what: 'reads the last lines of the logs of a workload; passes if there are any, of at most 10 pods and none left out',
  needs: 'cluster',
  by: 'worker',
  inputs: {
    ...clusterInputs,
    ...workloadInput,
    previous: {
      type: 'boolean',
      what: 'of the containers before the last restart, where there are any',
      optional: true,
      default: false,
    },
    lines: {
      type: 'number',
      what: 'of each container',
      optional: true,
      default: 50,
      least: 1,
      most: 500,
    },
    contains: { type: 'string', what: 'passes only if the logs have this text', optional: true },
  },
  outputs: {
    pods: { type: 'number', what: 'whose logs were read' },
    text: { type: 'string', what: 'the end of the logs, at most 16 kB that all containers share' },
  },
  makes: 'logs',
  undo: 'nothing',
} as const satisfies Part;
