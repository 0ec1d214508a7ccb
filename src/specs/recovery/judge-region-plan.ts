import { isMapping, type Finding, type Unfinished } from '../kernel/finding.ts';
import { offerKnown } from '../kernel/known-keys.ts';
import { judgeRegionServices } from './judge-region-services.ts';

/** What is wrong between the parts of a plan that are each fine by themselves. */
export function judgeRegionPlan(given: Unfinished): Finding[] {
  return [
    ...judgeRegions(given),
    ...judgeWitnesses(given),
    ...judgeParts(given, 'databases', 'nodes'),
    ...judgeParts(given, 'names', 'servers'),
    ...judgeParts(given, 'services', 'contexts'),
    ...judgeRegionServices(given),
    ...judgeNodes(given),
    ...judgeManagers(given),
    ...judgeNothing(given),
    ...judgeSoak(given),
  ];
}

function judgeRegions({ from, to }: Unfinished): Finding[] {
  if (typeof to !== 'string' || from !== to) return [];
  return [{ path: ['to'], message: 'is the same region as from' }];
}

function judgeWitnesses({ witnesses, agree }: Unfinished): Finding[] {
  if (!Array.isArray(witnesses)) return [];
  const agents = witnesses.map((each: unknown) => (isMapping(each) ? each['agent'] : undefined));
  const few: Finding[] =
    witnesses.length < 2
      ? [{ path: ['witnesses'], message: 'has only one: a region is lost by agreement' }]
      : [];
  const tooMany: Finding[] =
    typeof agree === 'number' && agree > witnesses.length
      ? [{ path: ['agree'], message: `is more than the ${witnesses.length} witnesses there are` }]
      : [];
  const again = agents.flatMap((agent, index): Finding[] =>
    agent === undefined || agents.indexOf(agent) === index
      ? []
      : [
          {
            path: ['witnesses', index, 'agent'],
            message: 'is a witness already; each needs a place of its own',
          },
        ],
  );
  return [...few, ...tooMany, ...again];
}

/** Each has a part in both regions. */
function judgeParts({ from, to, ...given }: Unfinished, list: string, key: string): Finding[] {
  return each(given[list]).flatMap(({ index, [key]: parts }): Finding[] => {
    if (!isMapping(parts)) return [];
    return [from, to].flatMap((region): Finding[] => {
      if (typeof region !== 'string' || Object.hasOwn(parts, region)) return [];
      return [{ path: [list, index, key], message: `has none for the region ${region}` }];
    });
  });
}

function judgeNodes({ databases }: Unfinished): Finding[] {
  return each(databases).flatMap(({ index, plan, nodes }): Finding[] => {
    const known = isMapping(plan) && Array.isArray(plan['nodes']) ? plan['nodes'] : [];
    const names = known.flatMap((node: unknown) =>
      isMapping(node) && typeof node['name'] === 'string' ? [node['name']] : [],
    );
    if (!isMapping(nodes) || names.length === 0) return [];
    return Object.entries(nodes).flatMap(([region, node]): Finding[] => {
      if (typeof node !== 'string' || names.includes(node)) return [];
      const message = `the plan has no node "${node}"; ${offerKnown(node, names)}`;
      return [{ path: ['databases', index, 'nodes', region], message }];
    });
  });
}

/** The pods of one operator are in one cluster, and there are no agents in them. */
function judgeManagers({ databases }: Unfinished): Finding[] {
  return each(databases).flatMap(({ index, plan }): Finding[] => {
    if (!isMapping(plan) || plan['manager'] !== 'cloudnativepg') return [];
    const message =
      'is cloudnativepg, which moves a database between its Clusters by spec.replica.primary, with a demotion token: leave it out here, and do that by a step of a playbook';
    return [{ path: ['databases', index, 'plan', 'manager'], message }];
  });
}

function judgeNothing({ databases, services, names }: Unfinished): Finding[] {
  const isEmpty = (list: unknown) => Array.isArray(list) && list.length === 0;
  if (![databases, services, names].every(isEmpty)) return [];
  const message = 'is empty, and so are services and names: there is nothing to move';
  return [{ path: ['databases'], message }];
}

function judgeSoak({ soak }: Unfinished): Finding[] {
  if (!isMapping(soak) || !Array.isArray(soak['probes'])) return [];
  if (soak['forMs'] === 0 || soak['probes'].length > 0) return [];
  return [{ path: ['soak', 'probes'], message: 'is empty: nobody would see whether it serves' }];
}

function each(list: unknown): ({ index: number } & Unfinished)[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((one: unknown, index) => (isMapping(one) ? [{ ...one, index }] : []));
}
