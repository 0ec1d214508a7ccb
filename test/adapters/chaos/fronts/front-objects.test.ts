import { describe, expect, it } from 'vitest';
import {
  frontNameOf,
  planFrontPod,
  planToken,
  readToken,
  type Requests,
} from '../../../../src/adapters/chaos/fronts/front-objects.ts';

const plan = (
  port: { number: number; name?: string },
  requests: Requests = { cpu: 0, memory: 0 },
) =>
  planFrontPod({
    name: { environment: 'demo', service: 'shop', place: { namespace: 'shop', service: 'web' } },
    order: {
      ...{ fence: { rolloutId: 'run@1', step: 4 }, share: 0.3, replicas: 1, boundsMs: [500] },
      ...{ keepMs: 120_000, longestMs: 600_000 },
    },
    ...{ image: 'belay:1', version: 'web:v1', readyPods: 2, port, selector: { app: 'web' } },
    requests,
    service: { name: 'web', uid: 'uid-of-web' },
    maker: { workflowId: 'chaos/demo/shop-slow', installation: 'here' },
  });

describe('the pod that divides requests', () => {
  it('is ended by the kubelet, whatever becomes of everybody else, and is never started again', () => {
    const { spec } = plan({ number: 8080 });
    expect(spec).toMatchObject({ activeDeadlineSeconds: 720, restartPolicy: 'Never' });
  });

  it('is selected as a pod of the service, is adopted by no ReplicaSet, and goes with its Service', () => {
    const { metadata } = plan({ number: 8080 });
    expect(metadata?.labels).toMatchObject({ app: 'web', 'belay.dev/track': 'front' });
    expect(metadata?.labels).not.toHaveProperty('pod-template-hash');
    expect(metadata?.ownerReferences).toMatchObject([{ uid: 'uid-of-web', controller: true }]);
  });

  it('is left alone by meshes that put a proxy into every pod of its namespace', () => {
    const { labels, annotations } = plan({ number: 8080 }).metadata ?? {};
    for (const each of [labels, annotations]) {
      expect(each).toMatchObject({
        ...{ 'sidecar.istio.io/inject': 'false', 'linkerd.io/inject': 'disabled' },
      });
    }
  });

  it('asks for as much as a pod of stable, so that whoever scales by that wants no more pods', () => {
    const resources = (cpu: number, memory: number) =>
      plan({ number: 8080 }, { cpu, memory }).spec?.containers[0]?.resources;
    expect(resources(0.5, 2 ** 30)).toEqual({
      requests: { cpu: '500m', memory: '1073741824' },
      limits: { memory: '1073741824' },
    });
    expect(resources(0, 0)?.requests).toEqual({ cpu: '100m', memory: '100663296' });
  });

  it('has the port by the number and the name that the Service knows, also below 1024', () => {
    const named = plan({ number: 80, name: 'http' }).spec;
    expect(named?.containers[0]?.ports?.[0]).toEqual({ containerPort: 80, name: 'http' });
    expect(named?.securityContext?.sysctls).toHaveLength(1);
    const controlled = plan({ number: 15_432 }).spec?.containers[0];
    expect(controlled?.readinessProbe?.httpGet?.port).toBe(15_433);
  });

  it('has one name for each Service, however long that is called', () => {
    const long = (end: string) => frontNameOf({ service: `${'w'.repeat(60)}${end}` });
    expect(long('a')).toHaveLength(63);
    expect(long('a')).not.toBe(long('b'));
    expect(frontNameOf({ service: 'web' })).toBe('belay-tracks-web');
  });

  it('is asked by a secret that is not in its own description, and not by that of an earlier pod', () => {
    const place = { namespace: 'shop', service: 'web' };
    const { stringData, ...secret } = planToken(place, { uid: 'uid-of-pod', act: 'run@1/4' });
    const token = stringData?.['token'] ?? '';
    const stored = { ...secret, data: { token: Buffer.from(token).toString('base64') } };
    expect(token).toHaveLength(64);
    // Nor does it start with one that an earlier pod of the Service has left.
    const named = JSON.stringify(plan({ number: 8080 }).spec?.containers[0]?.env);
    expect(named).toContain(`"name":"${secret.metadata?.name}"`);
    expect(planToken(place, { uid: 'uid', act: 'run@2/9' }).metadata?.name).not.toBe(
      secret.metadata?.name,
    );
    expect(readToken(stored, 'uid-of-pod')).toBe(token);
    expect(readToken(stored, 'uid-of-another')).toBeUndefined();
    expect(JSON.stringify(plan({ number: 8080 }))).not.toContain(token);
  });
});
