import type { DatabaseScenario, Roles } from './database-scenarios.ts';
import type { DatabaseSite } from './database-site.ts';

const leading = 3;
const standby = 1;

/** A group of a database and a service, of which one region is lost, and which moves back. */
export const regionScenarios: readonly DatabaseScenario[] = [
  {
    ...{ name: 'regionFailover', kind: 'regionFailover', nodes: 2, leads: 'next', regions: true },
    prepare: async (site, { former }) => {
      scale(site, { west: leading, east: standby });
      await former.signalAll('SIGKILL');
    },
    order: (site, { former, next }) => planOf(site, { west: former, east: next }),
  },
  {
    ...{ name: 'regionFailback', kind: 'regionFailback', nodes: 2, leads: 'next', regions: true },
    prepare: (site) => {
      scale(site, { west: standby, east: leading });
      return Promise.resolve();
    },
    order: (site, { former, next }) => ({
      kind: 'regionFailback',
      plan: planOf(site, { west: next, east: former }),
    }),
  },
];

function scale({ clusters }: DatabaseSite, replicas: { west: number; east: number }): void {
  clusters?.west.set(replicas.west);
  clusters?.east.set(replicas.east);
}

/** Whether west can be reached is asked from the other region, and from neither of the two. */
function planOf(
  site: DatabaseSite,
  nodes: { west: Roles['former']; east: Roles['former'] },
): object {
  return {
    ...{ kind: 'regionFailover', environment: site.name, group: 'orders' },
    ...{ from: 'west', to: 'east', confirmFor: '1s', automatic: true },
    witnesses: [nodes.east.name, 'office'].map((name) => ({
      ...{ agent: site.agentOf(name), probe: `${nodes.west.name}-answers` },
    })),
    databases: [
      {
        plan: site.plan({ automatic: false }),
        nodes: { west: nodes.west.name, east: nodes.east.name },
      },
    ],
    services: [
      {
        ...{ workload: 'deployment/web', namespace: 'shop' },
        ...{ contexts: { west: 'west', east: 'east' }, replicas: leading, standby },
      },
    ],
  };
}
