import { describe, expect, test } from 'vitest';
import type { Reach } from '../../../../src/contracts/kernel/reach.ts';
import { judgeDestination } from '../../../../src/policies/kernel/network/judge-destination.ts';

const open: Reach = { loopback: false };
const own = 'is the machine that the worker runs on';
const local = 'has a link-local address, which Belay never contacts';
const metadata = 'is a cloud metadata service, which Belay never contacts';
const unlisted = 'is not a host that the worker may contact';

/** As fetch would see it: WHATWG URLs write addresses in one form. */
function judge(url: string, reach: Reach = open, address?: string): string | undefined {
  const { hostname, port, protocol } = new URL(url);
  const usual = protocol === 'https:' ? 443 : 80;
  return judgeDestination(reach, { hostname, port: Number(port || usual) }, address);
}

describe('an address in a spec', () => {
  test.each([
    ['http://prometheus.monitoring:9090'],
    ['http://10.96.0.12:9090'],
    ['https://metrics.example.com/x'],
    ['http://[fd12:3456::1]/x'],
    ['http://[2001:db8::1]/x'],
  ])('%s may be asked', (url) => {
    expect(judge(url)).toBeUndefined();
  });

  test.each([
    ['http://127.0.0.1:9090', own],
    ['http://127.1', own],
    ['http://2130706433', own],
    ['http://0x7f.0.0.1', own],
    ['http://0.0.0.0:7233', own],
    ['http://localhost:7233', own],
    ['http://LOCALHOST.:7233', own],
    ['http://x.localhost', own],
    ['http://[::1]:9090', own],
    ['http://[::]', own],
    ['http://[::ffff:127.0.0.1]', own],
    ['http://169.254.169.254/latest/meta-data', local],
    ['http://0xa9fea9fe/', local],
    ['http://[::ffff:169.254.169.254]', local],
    ['http://[64:ff9b::169.254.169.254]', local],
    ['http://[2002:a9fe:a9fe::]', local],
    ['http://[fe80::1]', local],
    ['http://[fd00:ec2::254]/latest/', metadata],
    ['http://[fd20:ce::254]/', metadata],
    ['http://metadata.google.internal/', metadata],
    ['http://metadata.google.internal./', metadata],
    ['http://100.100.100.200/', metadata],
    ['http://168.63.129.16/', metadata],
    ['http://192.0.0.192/', metadata],
    ['http://224.0.0.1/', 'has an address that belongs to no host'],
    ['http://255.255.255.255/', 'has an address that belongs to no host'],
    ['http://[ff02::1]/', 'has an address that belongs to no host'],
  ])('%s may not', (url, refusal) => {
    expect(judge(url)).toBe(refusal);
  });
});

describe('what a name is resolved to', () => {
  test.each([
    ['10.0.0.1', undefined],
    ['93.184.216.34', undefined],
    ['127.0.0.1', own],
    ['::1', own],
    ['169.254.169.254', local],
    ['fe80::1%eth0', local],
    ['fd00:ec2::254', metadata],
  ])('%s decides, whatever the name', (address, refusal) => {
    expect(judge('http://shop.example.com', open, address)).toBe(refusal);
  });
});

describe('a list of hosts', () => {
  const hosts = [
    { host: 'prometheus.monitoring', port: 9090 },
    { host: '*.example.com' },
    { host: '127.0.0.1', port: 9091 },
    { host: '[fd12::1]' },
  ];
  const listed: Reach = { hosts, loopback: false };

  test.each([
    ['http://prometheus.monitoring:9090', undefined],
    ['http://prometheus.monitoring:9091', unlisted],
    ['https://metrics.example.com', undefined],
    ['https://example.com', unlisted],
    ['https://metrics.example.com.attacker.org', unlisted],
    ['http://127.0.0.1:9091', undefined],
    ['http://127.0.0.1:7233', unlisted],
    ['http://[fd12:0::1]:80', undefined],
    ['http://10.0.0.1', unlisted],
  ])('for %s', (url, refusal) => {
    expect(judge(url, listed)).toBe(refusal);
  });

  test('opens this machine only where it is named', () => {
    const everything: Reach = { hosts: [{ host: '*' }], loopback: false };
    expect(judge('http://127.0.0.1:9090', everything)).toBe(own);
    expect(judge('http://shop.example.com', listed, '127.0.0.1')).toBe(own);
  });

  test('never opens link-local addresses and metadata services', () => {
    const named: Reach = {
      hosts: [{ host: '169.254.169.254' }, { host: 'metadata.google.internal' }, { host: '*' }],
      loopback: true,
    };
    expect(judge('http://169.254.169.254', named)).toBe(local);
    expect(judge('http://metadata.google.internal', named)).toBe(metadata);
    expect(judge('http://anything.org', named, '169.254.169.254')).toBe(local);
  });
});

test('where this machine may be asked, it is, under every name', () => {
  const here: Reach = { loopback: true };
  expect(judge('http://127.0.0.1:8080', here)).toBeUndefined();
  expect(judge('http://localhost:8080', here, '::1')).toBeUndefined();
});
