import { describe, expect, it } from 'vitest';
import { SourceError, type ReadSubject } from '../../../../src/contracts/rollouts/metric-reader.ts';
import { fillPlaceholders } from '../../../../src/policies/rollouts/analysis/placeholders.ts';
import type { Target } from '../../../../src/specs/rollouts/target.ts';

const cluster: Target = {
  platform: 'kubernetes',
  namespace: 'shops',
  metrics: { path: '/metrics' },
};
const subject = (target: Target, service = 'shop'): ReadSubject => ({
  ref: { service, environment: 'demo', target },
  version: 'v2',
  track: 'canary',
});

describe('a query with placeholders', () => {
  it('is asked about the service that is rolled out', () => {
    const text = '{{service}} {{ environment }} {{namespace}} {{version}} {{track}}';
    expect(fillPlaceholders(text, subject(cluster), 'stable')).toBe('shop demo shops v2 stable');
  });

  it('has every value as the text around it needs it written', () => {
    const named = { ...subject(cluster), version: 'v"2' };
    const quoted = (value: string) => value.replaceAll('"', '\\"');
    expect(fillPlaceholders('{v="{{version}}"}', named, 'canary', quoted)).toBe('{v="v\\"2"}');
  });

  it('that no one knows is refused with those that exist', () => {
    const fill = () => fillPlaceholders('{{pod}}', subject(cluster), 'canary');
    expect(fill).toThrow(SourceError);
    expect(fill).toThrow(/no placeholder {{pod}}; write one of {{service}}, .*{{pods}}/);
    expect(() => fillPlaceholders('{{constructor}}', subject(cluster), 'canary')).toThrow(
      /no placeholder/,
    );
  });

  it('refuses what only a cluster has where there is none', () => {
    expect(() => fillPlaceholders('{{pods}}', subject({ platform: 'local' }), 'canary')).toThrow(
      '{{pods}} is known for platform: kubernetes alone',
    );
  });

  it('leaves braces that are no placeholder alone', () => {
    const text = 'up{job="shop"} > {1}';
    expect(fillPlaceholders(text, subject(cluster), 'canary')).toBe(text);
  });
});

describe("the names of a track's pods", () => {
  const matches = (service: string, track: 'stable' | 'canary', pod: string) =>
    new RegExp(`^(?:${fillPlaceholders('{{pods}}', subject(cluster, service), track)})$`).test(pod);

  it.each([
    { pod: 'shop-5d4f86c7b9-x2x9k', of: 'stable' },
    { pod: 'shop-canary-5d4f86c7b9-x2x9k', of: 'canary' },
    { pod: 'shop-db-5d4f86c7b9-x2x9k', of: 'another workload' },
    { pod: 'shop-0', of: 'another workload' },
    { pod: 'shop-db-0', of: 'another workload' },
    { pod: 'shop-x2x9k', of: 'another workload' },
    { pod: 'my-shop-5d4f86c7b9-x2x9k', of: 'another workload' },
  ])('$pod is one of $of', ({ pod, of }) => {
    expect(matches('shop', 'stable', pod)).toBe(of === 'stable');
    expect(matches('shop', 'canary', pod)).toBe(of === 'canary');
  });

  it('with a dot in them match nothing else', () => {
    expect(matches('my.shop', 'stable', 'my.shop-5d4f86c7b9-x2x9k')).toBe(true);
    expect(matches('my.shop', 'stable', 'my-shop-5d4f86c7b9-x2x9k')).toBe(false);
  });

  it('are found where Kubernetes shortens the hash in them', () => {
    const name = 'a'.repeat(45);
    expect(matches(name, 'canary', `${name}-canary-5d4f8x2x9k`)).toBe(true);
    expect(matches(name, 'stable', `${name}-canary-5d4f8x2x9k`)).toBe(false);
  });

  it('are those of its ReplicaSets, where they are known', () => {
    const replicas = {
      stable: ['shop-5d4f86c7b9-x2x9k', 'shop-4d4f86c7b9-bbbbb'],
      canary: ['shop-6d4f86c7b9-ccccc', 'shop-6d4f86c7b9-ddddd'],
    };
    const of = (track: 'stable' | 'canary') =>
      fillPlaceholders('{{pods}}', { ...subject(cluster), replicas }, track);
    expect(of('stable')).toBe('(?:shop-4d4f86c7b9-|shop-5d4f86c7b9-)[a-z0-9]{5}');
    expect(of('canary')).toBe('shop-6d4f86c7b9-[a-z0-9]{5}');
    const none = { ...subject(cluster), replicas: {} };
    expect(() => fillPlaceholders('{{pods}}', none, 'canary')).toThrow(
      'the canary has no pods yet',
    );
  });

  it.each([55, 56, 57, 60])(
    'of a Deployment whose name has %i characters are refused unless its ReplicaSets are told apart',
    (length) => {
      const podOf = (hash: string, id: string) =>
        `${'a'.repeat(length)}-${hash}-`.slice(0, 58) + id;
      const replicas = {
        stable: [podOf('5d4f86c7b9', 'x2x9k')],
        canary: [podOf('6d4f86c7b9', 'ccccc')],
      };
      const of = (track: 'stable' | 'canary') =>
        fillPlaceholders('{{pods}}', { ...subject(cluster), replicas }, track);
      if (length > 56) expect(() => of('canary')).toThrow(/shortens the names of pods/);
      else expect(of('canary')).not.toBe(of('stable'));
      const alike = { stable: [podOf('66', 'x2x9k')], canary: [podOf('6', 'ccccc')] };
      const ofAlike = () =>
        fillPlaceholders('{{pods}}', { ...subject(cluster), replicas: alike }, 'stable');
      if (length > 55) expect(ofAlike).toThrow(/shortens the names of pods/);
    },
  );

  it('that are too long to tell the canary are refused', () => {
    const long = 'a'.repeat(55);
    expect(() => matches(long, 'stable', '')).toThrow(/shortens the names/);
  });

  it('of two colours are refused, because each is in turn the canary', () => {
    const colours: Target = {
      ...cluster,
      colours: { blue: 'shop-blue', green: 'shop-green', service: 'shop' },
    };
    expect(() => fillPlaceholders('{{pods}}', subject(colours), 'canary')).toThrow(
      /each Deployment is in turn the canary/,
    );
  });
});
