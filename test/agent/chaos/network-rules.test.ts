import { describe, expect, it } from 'vitest';
import type { Namespace } from '../../../src/agent/chaos/network/namespace.ts';
import { readFaults, removeRules } from '../../../src/agent/chaos/network/rules.ts';

/** A network namespace without rules, in which some programs behave otherwise. */
function namespaceIn(answers: Record<string, () => { exitCode: number; stderr?: string }>) {
  const ran: string[] = [];
  const namespace: Namespace = {
    ...{ inode: 1, isOwn: false, close: () => undefined },
    run: async ([program = '']) => {
      ran.push(program);
      const { exitCode, stderr = '' } = answers[program]?.() ?? { exitCode: 0 };
      return { exitCode, stdout: '', stderr };
    },
  };
  return { namespace, ran };
}

const killed = () => {
  throw new Error('ip6tables-save was ended by SIGKILL');
};
const outOfMemory = () => ({ exitCode: 4, stderr: 'Memory allocation problem.' });
const present = () => true;

describe.each([
  ['is ended by a signal', killed],
  ['fails', outOfMemory],
])('where ip6tables-save %s', (_, answer) => {
  it('nobody says that there are no rules of IPv6', async () => {
    const { namespace } = namespaceIn({ 'ip6tables-save': answer });
    await expect(readFaults(namespace, present)).rejects.toThrow('ip6tables-save');
  });

  it('rules of a fault of both families are not removed, and those of IPv4 alone are', async () => {
    const { namespace, ran } = namespaceIn({ 'ip6tables-save': answer });
    await expect(removeRules(namespace, '0a1b2c3d', ['ipv4', 'ipv6'])).rejects.toThrow(
      'ip6tables-save',
    );
    ran.length = 0;
    await removeRules(namespace, '0a1b2c3d', ['ipv4']);
    expect(ran).toEqual(['iptables-save']);
  });
});

it('a host without ip6tables has no rules of IPv6', async () => {
  const { namespace } = namespaceIn({ 'ip6tables-save': killed });
  const isThere = (program: string) => program !== 'ip6tables-save';
  expect(await readFaults(namespace, isThere)).toEqual([]);
});
