import type { Part } from '../../../../contracts/recovery/playbooks/part.ts';

export const belayLastRun = {
  name: 'belay.lastRun',
  is: 'probe',
  what: 'looks for the last run of a kind about a subject; passes if one ended with a success within this time',
  needs: 'ledger',
  by: 'worker',
  inputs: {
    family: { type: 'string', what: 'such as rollouts or backups' },
    kind: { type: 'string', what: 'of the run; default: any of the family', optional: true },
    environment: { type: 'string', what: 'of the subject' },
    name: { type: 'string', what: 'of the subject, such as the service' },
    within: { type: 'duration', what: 'until now', optional: true, default: '1h' },
  },
  outputs: {
    found: { type: 'boolean', what: 'whether there was one within this time, however it ended' },
    kind: { type: 'string', what: 'of that run' },
    outcome: { type: 'string', what: 'of that run' },
    runRef: { type: 'string', what: 'of that run' },
    agoMs: { type: 'number', what: 'since its end' },
  },
  makes: 'history',
  undo: 'nothing',
} as const satisfies Part;
