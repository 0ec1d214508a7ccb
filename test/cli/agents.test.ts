import { expect, test } from 'vitest';
import { renderAgents, type ListedAgent } from '../../src/cli/render/agents.ts';
import { pageFor } from '../../src/cli/render/page.ts';

const agent: ListedAgent = {
  ...{ name: 'db-1', host: 'db-1', version: '0.2.0', contract: 1, instance: 'i', startedAtMs: 1 },
  ...{ system: 'linux/x64, user 0', state: 'polling', lastSeenMs: Date.now() },
  commands: [{ name: 'vacuum', description: 'd', parameters: [] }],
  probes: [],
  more: {
    cluster: [{ name: 'main', description: 'd' }],
    repository: [{ name: 'files', description: 'd', unavailable: 'restic is 0.9.6' }],
  },
};

test('an agent is listed with what it can back up, and what it cannot', () => {
  const page = renderAgents([agent], pageFor({ isTTY: false }, {}));
  expect(page).toMatch(/ {2}vacuum, cluster main, repository files \(not on this host\)$/);
});
