import { isMapping, type Finding, type Unfinished } from '../kernel/finding.ts';

/** What a manager does by itself is not asked of Belay, too; and each manager needs its own keys. */
export function judgeManager(given: Unfinished): Finding[] {
  const { manager, cloudnativepg, nodes } = given;
  const isOperated = manager === 'cloudnativepg';
  return [
    ...(manager === undefined ? [] : refuseKeys(given)),
    ...(isOperated ? refuseKeysOfHosts(given) : []),
    ...(isOperated && cloudnativepg === undefined
      ? [{ path: ['cloudnativepg'], message: 'missing; write { namespace, cluster }' }]
      : []),
    ...(!isOperated && cloudnativepg !== undefined
      ? [{ path: ['cloudnativepg'], message: 'is used with manager: cloudnativepg only' }]
      : []),
    ...(!isOperated && nodes === undefined
      ? [{ path: ['nodes'], message: 'missing; write a mapping of names to nodes' }]
      : []),
  ];
}

function refuseKeys(given: Unfinished): Finding[] {
  const its = 'belongs to the manager, which does that by itself: leave it out';
  const written = {
    automatic: given['automatic'] === true,
    lease: given['lease'] !== undefined,
    restartFirst: given['restartFirst'] !== undefined,
    rejoin: given['rejoin'] !== undefined && given['rejoin'] !== 'auto',
  };
  return Object.entries(written).flatMap(([path, isWritten]) =>
    isWritten ? [{ path: [path], message: its }] : [],
  );
}

/** There are no agents in the pods of an operator. */
function refuseKeysOfHosts({ nodes, routes, backup }: Unfinished): Finding[] {
  const isEmpty = Array.isArray(nodes) ? nodes.length === 0 : nodes === undefined;
  return [
    ...(isEmpty || (isMapping(nodes) && Object.keys(nodes).length === 0)
      ? []
      : [
          {
            path: ['nodes'],
            message: 'are those of the operator, which names its instances itself: leave it out',
          },
        ]),
    ...(Array.isArray(routes) && routes.length > 0
      ? [
          {
            path: ['routes'],
            message:
              'are not needed, since the Service of the operator leads clients: leave it out, and use its Pooler for a PgBouncer',
          },
        ]
      : []),
    ...(backup === undefined
      ? []
      : [
          {
            path: ['backup'],
            message: 'is made by agents, and the operator makes its own: use its ScheduledBackup',
          },
        ]),
  ];
}

/** What is refused where CloudNativePG is in charge, with what to do instead. */
export function refuseForOperator({ plan }: Unfinished, instead: string): Finding[] {
  if (!isMapping(plan) || plan['manager'] !== 'cloudnativepg') return [];
  return [{ path: ['plan', 'manager'], message: `is cloudnativepg, and ${instead}` }];
}
