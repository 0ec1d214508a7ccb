import { expect, test } from 'vitest';
import { resolvePointer } from '../../../src/adapters/json-http/json-pointer.ts';

const ofRfc6901 = JSON.parse(
  String.raw`{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}`,
) as unknown;

test.each([
  ['', ofRfc6901],
  ['/foo', ['bar', 'baz']],
  ['/foo/0', 'bar'],
  ['/', 0],
  ['/a~1b', 1],
  ['/c%d', 2],
  ['/e^f', 3],
  ['/g|h', 4],
  [String.raw`/i\j`, 5],
  ['/k"l', 6],
  ['/ ', 7],
  ['/m~0n', 8],
])('%j leads where RFC 6901 says', (pointer, value) => {
  expect(resolvePointer(ofRfc6901, pointer)).toEqual({ kind: 'found', value });
});

test('~01 is the key ~1, not a slash', () => {
  expect(resolvePointer({ '~1': 5, '/': 6 }, '/~01')).toEqual({ kind: 'found', value: 5 });
});

test.each([
  ['a key that is not there', '/foo/0/deep', '/foo/0/deep'],
  ['the first part that is missing, not the last', '/no/such/key', '/no'],
  ['an index past the end', '/foo/2', '/foo/2'],
  ['the element after the last', '/foo/-', '/foo/-'],
  ['an index with a leading zero', '/foo/01', '/foo/01'],
  ['what lists have beside their elements', '/foo/length', '/foo/length'],
  ['a letter of a text', '/foo/0/1', '/foo/0/1'],
  ['__proto__', '/__proto__', '/__proto__'],
  ['what is above a __proto__', '/__proto__/foo', '/__proto__'],
  ['constructor', '/constructor/name', '/constructor'],
  ['toString', '/foo/toString', '/foo/toString'],
])('does not find %s', (_what, pointer, at) => {
  expect(resolvePointer(ofRfc6901, pointer)).toEqual({ kind: 'missing', at });
});

test('a __proto__ that the document itself has is a key like any other', () => {
  const hostile = JSON.parse('{"__proto__":{"rate":1}}') as unknown;
  expect(resolvePointer(hostile, '/__proto__/rate')).toEqual({ kind: 'found', value: 1 });
});

test('null has no parts', () => {
  expect(resolvePointer(null, '/rate')).toEqual({ kind: 'missing', at: '/rate' });
});

test.each(['rate', 'data/rate', '#/rate', '/a~b', '/a~2', '$.rate'])(
  '%j is refused, with what a pointer looks like',
  (pointer) => {
    expect(() => resolvePointer({ rate: 1 }, pointer)).toThrow(
      `${pointer} is not a JSON pointer: write one such as /status`,
    );
  },
);
