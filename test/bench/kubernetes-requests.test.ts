import { describe, expect, it } from 'vitest';
import { readAuditLine } from '../../bench/kubernetes/audited-requests.ts';
import { countRequests } from '../../bench/kubernetes/count-requests.ts';

const event = {
  stage: 'ResponseComplete',
  verb: 'patch',
  userAgent: 'belay/0.1.0',
  requestReceivedTimestamp: '2026-11-21T14:36:28.500000Z',
  objectRef: { resource: 'deployments', namespace: 'bench', name: 'shop-1' },
};
const line = (changed: object = {}) => JSON.stringify({ ...event, ...changed });

describe('the audit log', () => {
  it("lists Belay's requests, with their object and time", () => {
    expect(readAuditLine(line())).toEqual({
      verb: 'patch',
      resource: 'deployments',
      namespace: 'bench',
      name: 'shop-1',
      atMs: Date.parse('2026-11-21T14:36:28.500Z'),
    });
  });

  it('counts no requests of others, and no line that is incomplete', () => {
    expect(readAuditLine(line({ userAgent: 'kube-scheduler/v1.36.3' }))).toBeUndefined();
    expect(readAuditLine(line().slice(0, -9))).toBeUndefined();
  });

  it('counts a watch once, when it is opened, and every other request when it is answered', () => {
    const stages = ['ResponseStarted', 'ResponseComplete'];
    const counted = (verb: string) =>
      stages.filter((stage) => readAuditLine(line({ verb, stage })) !== undefined);
    expect(counted('watch')).toEqual(['ResponseStarted']);
    expect(counted('list')).toEqual(['ResponseComplete']);
  });
});

describe('requests of many canaries', () => {
  const request = (verb: string, name: string, atMs: number, resource = 'deployments') => ({
    verb,
    resource,
    namespace: 'bench',
    name,
    atMs,
  });
  const healthy = [
    { service: 'shop-1', healthyAtMs: 100 },
    { service: 'shop-10', healthyAtMs: 200 },
  ];

  it('belong to the service whose objects they name, its canary included', () => {
    const { untilHealthy, untilDone } = countRequests(
      [
        request('patch', 'shop-1', 50),
        request('create', 'shop-1-canary', 99),
        request('create', 'shop-1-4d5f6b7c8f', 100),
        request('delete', 'shop-1-canary', 101),
        request('patch', 'shop-10', 150),
      ],
      healthy,
    );
    expect(untilHealthy).toMatchObject({ count: 2, p50: 1, max: 3 });
    expect(untilDone).toMatchObject({ count: 2, p50: 1, max: 4 });
  });

  it('are counted separately from the lists and watches of the worker', () => {
    const { lists, watches, byKind } = countRequests(
      [
        { verb: 'list', resource: 'pods', atMs: 1 },
        { verb: 'watch', resource: 'pods', atMs: 2 },
        request('patch', 'shop-1', 3, 'services'),
        request('patch', 'shop-1', 4),
        request('patch', 'shop-10', 5),
      ],
      healthy,
    );
    expect({ lists, watches }).toEqual({ lists: 1, watches: 1 });
    expect(Object.entries(byKind)).toEqual([
      ['patch deployments', 2],
      ['patch services', 1],
    ]);
  });

  it('that name none of these services are shown, not lost', () => {
    const { others } = countRequests([request('get', 'billing', 1)], healthy);
    expect(others).toEqual(['get deployments billing']);
  });
});
