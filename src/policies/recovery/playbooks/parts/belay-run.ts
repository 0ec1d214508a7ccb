import type { Part } from '../../../../contracts/recovery/playbooks/part.ts';

export const belayRun = {
  name: 'belay.run',
  is: 'action',
  what: 'starts a run of any kind (a rollback, a backup, a restore) and waits for its end; its undo aborts it while it is open',
  needs: 'nobody',
  by: 'workflow',
  inputs: {
    kind: { type: 'string', what: 'as in a spec, such as rollback or backup' },
    spec: { type: 'object', what: 'the spec, without its kind' },
  },
  outputs: {
    outcome: { type: 'string', what: 'one that counts as a success' },
    reason: { type: 'string', what: 'of the outcome' },
    runRef: { type: 'string', what: 'of the run' },
    workflowId: { type: 'string', what: 'of the run' },
  },
  makes: 'run',
  undo: 'own',
} as const satisfies Part;
