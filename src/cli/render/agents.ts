import type { AgentDescription } from '../../contracts/kernel/agent.ts';
import type { Presence } from '../../policies/kernel/agents/judge-presence.ts';
import { formatAge, type Page } from './page.ts';
import { renderTable } from './table.ts';

export type ListedAgent = AgentDescription & Presence;

export function renderAgents(agents: readonly ListedAgent[], page: Page): string {
  if (agents.length === 0) {
    return 'No agent has started yet. Start one on its host with: belay agent --config agent.yaml';
  }
  const { paint } = page;
  const titles = ['NAME', 'STATE', 'LAST SEEN', 'HOST', 'VERSION', 'CONTRACT', 'CAN DO'];
  return renderTable(
    [
      titles.map((title) => paint.dim(title)),
      ...agents.map((agent) => [
        paint.bold(agent.name),
        agent.state === 'polling' ? paint.green(agent.state) : paint.yellow(agent.state),
        formatAge(agent.lastSeenMs, page),
        agent.host,
        agent.version,
        String(agent.contract),
        capabilitiesOf(agent),
      ]),
    ],
    { indent: 0, right: [5] },
  ).join('\n');
}

function capabilitiesOf({ commands, probes, more = {} }: AgentDescription): string {
  const others = Object.entries(more).flatMap(([what, all]) =>
    all.map((each) => ({ ...each, name: `${what} ${each.name}` })),
  );
  const shown = [...commands, ...probes, ...others].map(({ name, unavailable }) =>
    unavailable === undefined ? name : `${name} (not on this host)`,
  );
  return shown.length === 0 ? 'nothing: its allow-list is empty' : shown.join(', ');
}
