import { describe, expect, it } from 'vitest';
import { mergeSelectors } from '../../../../src/adapters/prometheus/selectors/merge-selectors.ts';
import { parseSelector } from '../../../../src/adapters/prometheus/selectors/parse-selector.ts';
import {
  isPortable,
  matching,
  showSelector,
} from '../../../../src/adapters/prometheus/selectors/selector.ts';

const merged = (...written: string[]) =>
  mergeSelectors(written.map(parseSelector)).map(({ selector, of }) => ({
    asked: showSelector(selector),
    of: of.map(showSelector),
  }));

describe('a selector in a spec', () => {
  it.each([
    ['http_requests_total', 'http_requests_total'],
    [' up { job = "a" , instance =~ `b.+`, } ', 'up{job="a",instance=~"b.+"}'],
    [`a:b{c!='d"e', f!~"g\\\\."}`, 'a:b{c!="d\\"e",f!~"g\\\\."}'],
    ['x{a="}"}', 'x{a="}"}'],
  ])('%s is read', (written, shown) => {
    expect(showSelector(parseSelector(written))).toBe(shown);
  });

  it.each([
    'sum(rate(http_requests_total[1m]))',
    'http_requests_total[5m]',
    '{job="a"}',
    'x{a=b}',
    'x{a="b"',
    'x{a="b" c="d"}',
    'x offset 5m',
    '',
  ])('%s is refused: Belay computes the differences itself', (written) => {
    expect(() => parseSelector(written)).toThrow(
      /write a selector such as http_requests_total{job="shop"}/,
    );
  });
});

describe('the selectors of many rollouts', () => {
  it('are merged if the metric and the labels are the same', () => {
    expect(
      merged(
        'x{service="shop.eu",track="canary"}',
        'x{track="canary",service="cart"}',
        'x{service=~"a|b",track="canary"}',
      ),
    ).toEqual([
      {
        asked: 'x{service=~"shop\\\\.eu|cart|a|b",track="canary"}',
        of: [
          'x{service="shop.eu",track="canary"}',
          'x{track="canary",service="cart"}',
          'x{service=~"a|b",track="canary"}',
        ],
      },
    ]);
  });

  it('stay separate if the metric, the labels or the exclusions differ', () => {
    const apart = ['x{a="1"}', 'y{a="1"}', 'x{a="1",b="2"}', 'x{a!="1"}', 'x{a!="2"}'];
    expect(merged(...apart)).toHaveLength(apart.length);
    expect(merged('x{a="1",b!=""}', 'x{a="2",b!=""}')).toMatchObject([
      { asked: 'x{a=~"1|2",b!=""}' },
    ]);
  });

  it('stay separate if a pattern may have another meaning in JavaScript', () => {
    expect(merged('x{a=~"(?i)shop"}', 'x{a="cart"}')).toHaveLength(2);
  });

  it('that name a label twice stay as they are', () => {
    expect(merged('x{a=~"b.*",a!="bc"}', 'x{a="d"}')).toMatchObject([
      { asked: 'x{a=~"b.*",a!="bc"}' },
      { asked: 'x{a="d"}' },
    ]);
  });

  it('are at most a hundred in one query', () => {
    const all = Array.from({ length: 250 }, (_, i) => `x{a="${i}"}`);
    expect(merged(...all).map(({ of }) => of.length)).toEqual([100, 100, 50]);
  });
});

describe('a series is divided to', () => {
  it.each([
    ['x{a="1"}', { a: '1' }, true],
    ['x{a="1"}', { a: '12' }, false],
    ['x{a=""}', {}, true],
    ['x{a!=""}', {}, false],
    ['x{a!=""}', { a: 'shop' }, true],
    ['x{a=~"1|2"}', { a: '2' }, true],
    ['x{a=~"1|2"}', { a: '12' }, false],
    ['x{a!~"1.*"}', { a: '12' }, false],
    ['x{a=~"shop-[4-9bcdf]{1,10}-[a-z0-9]{5}"}', { a: 'shop-5d4f86c7b9-x2x9k' }, true],
    ['x{a=~"shop-[4-9bcdf]{1,10}-[a-z0-9]{5}"}', { a: 'shop-canary-5d4f86c7b9-x2x9k' }, false],
  ])('%s if its labels are %o: %s', (written, labels, isItsOwn) => {
    expect(matching(parseSelector(written))(labels)).toBe(isItsOwn);
  });
});

describe('a pattern means the same here as to Prometheus', () => {
  it.each([
    ['shop|cart', true],
    ['a\\.b', true],
    ['(?:a|b)+[^|]*', true],
    ['5..', true],
    ['(?i)a', false],
    ['\\d+', false],
    ['[[:alpha:]]', false],
    ['a(', false],
    ['^a', false],
    ['x{2,1}', false],
  ])('%s: %s', (value, isSame) => {
    expect(isPortable({ label: 'a', op: '=~', value })).toBe(isSame);
  });
});
