import type { Part } from '../../../../contracts/recovery/playbooks/part.ts';

export const agentCommand = {
  name: 'agent.command',
  is: 'action',
  what: "runs a command of an agent's allow-list; it must exit with 0",
  needs: 'agent',
  by: 'workflow',
  inputs: {
    agent: { type: 'string', what: 'its name' },
    command: { type: 'string', what: 'as its settings name it' },
    args: { type: 'object', what: 'parameters of the command', optional: true, default: {} },
  },
  outputs: {
    exitCode: { type: 'number', what: '0' },
    stdout: { type: 'string', what: 'at most 4 kB of it' },
  },
  makes: 'ran',
  undo: 'written',
} as const satisfies Part;
