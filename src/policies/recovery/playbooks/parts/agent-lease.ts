import type { Part } from '../../../../contracts/recovery/playbooks/part.ts';

export const agentLease = {
  name: 'agent.lease',
  is: 'action',
  what: 'applies a lease of an agent; its undo reverts it, and so does the host by itself when its time is over',
  needs: 'agent',
  by: 'workflow',
  inputs: {
    agent: { type: 'string', what: 'its name' },
    command: { type: 'string', what: 'as its settings name it' },
    args: { type: 'object', what: 'parameters of the command', optional: true, default: {} },
    for: { type: 'duration', what: 'how long', least: 1_000, most: 7 * 86_400_000 },
  },
  outputs: { expiresAtMs: { type: 'number', what: "by the agent's clock" } },
  makes: 'lease',
  undo: 'own',
} as const satisfies Part;
