import type { Part } from '../../../../contracts/recovery/playbooks/part.ts';

export const agentProbe = {
  name: 'agent.probe',
  is: 'probe',
  what: "asks a probe of an agent's settings",
  needs: 'agent',
  by: 'workflow',
  inputs: {
    agent: { type: 'string', what: 'its name' },
    probe: { type: 'string', what: 'as its settings name it' },
  },
  outputs: {
    detail: { type: 'string', what: 'what it saw' },
    tookMs: { type: 'number', what: 'until the answer' },
  },
  makes: 'probed',
  undo: 'nothing',
} as const satisfies Part;
