import { agentName } from '../kernel/agent-name.ts';
import { idPart, mapping } from '../kernel/written.ts';

/** A probe of the settings of an agent. */
export interface AgentProbe {
  agent: string;
  probe: string;
}

export const agentProbe = mapping({
  agent: agentName.describe('Who asks.'),
  probe: idPart('probe').describe('As the settings of the agent name it.'),
});
