import { describe, expect, test } from 'vitest';
import { findValue } from '../../../src/adapters/json-http/find-value.ts';

function nothing(reason: string) {
  return { kind: 'nothing', reason };
}

describe('a number', () => {
  test.each([
    [0.25, 0.25],
    [0, 0],
    [-3, -3],
    ['0.25', 0.25],
    ['1e3', 1000],
    [' 7 ', 7],
  ])('%j is read as %d', (rate, value) => {
    expect(findValue({ rate }, { pointer: '/rate' })).toEqual({ kind: 'value', value });
  });

  test.each([
    [null, 'null'],
    [true, 'a boolean'],
    ['degraded', 'a text'],
    ['', 'a text'],
    ['  ', 'a text'],
    ['NaN', 'a text'],
    ['Infinity', 'a text'],
    [[1], 'a list'],
    [[], 'a list'],
    [{ value: 1 }, 'an object'],
  ])('is no data where the source says %j', (rate, shown) => {
    expect(findValue({ rate }, { pointer: '/rate' })).toEqual(
      nothing(`/rate is ${shown}, not a number`),
    );
  });

  test('is no data where it is too large to be one', () => {
    const document = JSON.parse('{"rate":1e999}') as unknown;
    expect(findValue(document, { pointer: '/rate' })).toEqual(
      nothing('/rate is not finite, not a number'),
    );
  });

  test('may be the whole answer', () => {
    expect(findValue(12, { pointer: '' })).toEqual({ kind: 'value', value: 12 });
    expect(findValue({}, { pointer: '' })).toEqual(
      nothing('the answer is an object, not a number'),
    );
  });

  test('is nothing where the answer ends early, and it is told where', () => {
    const empty = { data: { result: [] } };
    expect(findValue(empty, { pointer: '/data/result/0/value/1' })).toEqual(
      nothing('nothing at /data/result/0/value/1: the answer has no /data/result/0'),
    );
    expect(findValue({}, { pointer: '/rate' })).toEqual(nothing('nothing at /rate'));
  });

  test('is not quoted where it is none: it may be the secret of another service', () => {
    expect(findValue({ rate: 'AKIA-a-secret' }, { pointer: '/rate' })).toEqual(
      nothing('/rate is a text, not a number'),
    );
  });
});

describe('an agreement', () => {
  test.each([
    ['ok', 'ok', 1],
    ['degraded', 'ok', 0],
    [true, true, 1],
    [false, true, 0],
    ['true', true, 0],
    [200, 200, 1],
    ['200', 200, 0],
    [0, false, 0],
  ])('where the source says %j and %j is wanted, is %d', (status, equals, value) => {
    expect(findValue({ status }, { pointer: '/status', equals })).toEqual({ kind: 'value', value });
  });

  test('is no data, not a no, where there is nothing to compare', () => {
    const wanted = { pointer: '/status', equals: 'ok' };
    expect(findValue({}, wanted)).toEqual(nothing('nothing at /status'));
    expect(findValue({ status: null }, wanted)).toEqual(
      nothing('/status is null, not a single value'),
    );
    expect(findValue({ status: ['ok'] }, wanted)).toEqual(
      nothing('/status is a list, not a single value'),
    );
  });
});
