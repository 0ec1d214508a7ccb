import { describe, expect, it } from 'vitest';
import { groupIn, sharedWith } from '../../../src/policies/chaos/control-groups.ts';

describe('the cgroup in which a process competes for CPUs', () => {
  it('is that of version 2, or of the CPU controller of version 1, and never the root', () => {
    expect(groupIn('0::/system.slice/web.service\n', 'cpu')).toBe('/system.slice/web.service');
    expect(groupIn('3:memory:/a\n2:cpu,cpuacct:/web\n0::/\n', 'cpu')).toBe('/cpu,cpuacct/web');
    expect(groupIn('2:cpu,cpuacct:/\n0::/\n', 'cpu')).toBeUndefined();
  });

  it.each([
    { agent: '/docker/a', ancestor: '/docker/a', shared: 7 },
    {
      agent: '/system.slice/web.service/agent',
      ancestor: '/init.scope',
      shared: 7,
      of: '/system.slice/web.service',
    },
    { agent: '/agent.service', ancestor: '/docker/a', shared: 3 },
    { agent: '/agent.service', ancestor: undefined, shared: undefined },
    { agent: '/docker/ab', ancestor: '/docker', shared: undefined },
  ])(
    'is no own one where the agent ($agent) or what it runs under ($ancestor) is in it',
    (given) => {
      const processes = [
        { pid: 7, group: given.agent },
        { pid: 3, group: given.ancestor },
      ];
      expect(sharedWith(given.of ?? '/docker/a', processes)).toBe(given.shared);
    },
  );
});
