import type { V1Service, V1ServicePort } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { urlOf } from '../../../../src/adapters/kubernetes/state/service-url.ts';
import { shopObjects, target } from './shop-objects.ts';

const service = (name: string, ...ports: V1ServicePort[]): V1Service => ({
  metadata: { name },
  spec: { ports, selector: { app: 'shop' } },
});
const metrics = service('metrics', { port: 9090 });
const routed = { name: 'HTTPRoute shop', refusals: [], drift: [], leadsToCanary: false };

describe('where callers reach a service', () => {
  it('is the Service of its name, whatever else leads to its pods', () => {
    const services = [metrics, service('shop', { port: 80 })];
    expect(urlOf(shopObjects({ services }))).toBe('http://shop.demo.svc');
  });

  it('is the Service that the route leads to', () => {
    const services = [service('shop', { port: 80 }), service('shop-web', { port: 8080 })];
    const route = { ...routed, service: 'shop-web' };
    expect(urlOf(shopObjects({ services, route }))).toBe('http://shop-web.demo.svc:8080');
  });

  it('is the only Service with ports', () => {
    const services = [service('peers'), service('web', { port: 80 })];
    expect(urlOf(shopObjects({ services }))).toBe('http://web.demo.svc');
  });

  it('is not said where one of several Services would have to be guessed', () => {
    expect(urlOf(shopObjects({ services: [metrics, service('web', { port: 80 })] }))).toBe(
      undefined,
    );
  });

  it.each<[string, V1ServicePort[], string | undefined]>([
    [
      'by the name http',
      [
        { name: 'metrics', port: 9090 },
        { name: 'http', port: 8080 },
      ],
      ':8080',
    ],
    [
      'by the port of the target',
      [
        { name: 'a', port: 81, targetPort: 8081 },
        { name: 'b', port: 82, targetPort: 8080 },
      ],
      ':82',
    ],
    [
      'by number 80',
      [
        { name: 'grpc', port: 50_051 },
        { name: 'web', port: 80 },
      ],
      '',
    ],
    [
      'of none, where it is unclear',
      [
        { name: 'a', port: 81 },
        { name: 'b', port: 82 },
      ],
      undefined,
    ],
  ])('is on the port that is meant: %s', (_how, ports, suffix) => {
    const services = [service('shop', ...ports)];
    const url = urlOf(shopObjects({ services, target: { ...target, port: 8080 } }));
    expect(url).toBe(suffix === undefined ? undefined : `http://shop.demo.svc${suffix}`);
  });

  it('is https where the port says so', () => {
    const services = [service('shop', { name: 'https', port: 443 })];
    expect(urlOf(shopObjects({ services }))).toBe('https://shop.demo.svc');
  });
});
