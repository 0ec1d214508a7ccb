import { beforeEach, expect, test } from 'vitest';
import {
  createObjectStore,
  type ObjectStore,
} from '../../../src/adapters/kubernetes-api/object-store.ts';

interface Thing {
  metadata: { namespace: string; name: string; uid: string; resourceVersion: string };
}

let nowMs: number;
let changes: number;
let store: ObjectStore<Thing>;

beforeEach(() => {
  [nowMs, changes] = [0, 0];
  store = createObjectStore<Thing>(
    () => nowMs,
    () => changes++,
  );
});

function thing(resourceVersion: string, uid = 'u1', name = 'web'): Thing {
  return { metadata: { namespace: 'shop', name, uid, resourceVersion } };
}
const version = () => store.get('shop', 'web')?.metadata.resourceVersion;

test('a write of our own is there before any watch tells of it', () => {
  store.replaceAll([thing('5')], '5');
  store.put(thing('7'));
  expect(version()).toBe('7');
  expect(store.version()).toBe('5');
});

test('a late watch event does not put back what our write has replaced', () => {
  store.replaceAll([thing('5')], '5');
  store.put(thing('10'));
  store.put(thing('9'));
  expect(version()).toBe('10');
  expect(changes).toBe(2);
});

test('versions are compared as numbers of any length', () => {
  store.put(thing('99'));
  store.put(thing('100'));
  store.put(thing('98'));
  expect(version()).toBe('100');
});

test('a list that was under way when we wrote does not undo the write', () => {
  store.put(thing('8'));
  store.put(thing('9', 'u2', 'web-canary'));
  store.replaceAll([thing('5')], '7');
  expect(version()).toBe('8');
  expect(store.list()).toHaveLength(2);
});

test('a new list removes what has gone while nobody watched', () => {
  store.replaceAll([thing('3'), thing('4', 'u2', 'web-canary')], '4');
  store.replaceAll([thing('3')], '20');
  expect(store.list()).toEqual([thing('3')]);
});

test('what we deleted does not come back with a late event, a late list or a late answer', () => {
  store.replaceAll([thing('3')], '3');
  store.deleted('u1');
  store.put(thing('4'));
  store.replaceAll([thing('4')], '4');
  expect(store.list()).toEqual([]);
});

test('what others deleted does not come back with the late answer to a write of ours', () => {
  store.replaceAll([thing('3')], '3');
  store.drop(thing('6'));
  store.put(thing('5'));
  expect(store.list()).toEqual([]);
});

test('another object of the same name takes the place of the deleted one', () => {
  store.put(thing('3'));
  store.deleted('u1');
  store.put(thing('9', 'u2'));
  expect(version()).toBe('9');
});

test('a late deletion of the former object leaves its successor alone', () => {
  store.put(thing('3'));
  store.put(thing('9', 'u2'));
  store.drop(thing('5'));
  expect(version()).toBe('9');
});

test('an object that left a selection may enter it again', () => {
  store.put(thing('3'));
  store.drop(thing('4'));
  store.put(thing('5'));
  expect(version()).toBe('5');
});

test('after a restore from a backup the older objects of the cluster count', () => {
  store.replaceAll([thing('500')], '600');
  store.put(thing('601'));
  store.replaceAll([thing('200')], '300');
  expect(version()).toBe('200');
  expect(store.version()).toBe('300');
});

test('departures are forgotten once no message about them can be under way', () => {
  store.put(thing('3'));
  store.drop(thing('4'));
  nowMs = 6 * 60_000;
  store.put(thing('7', 'u9', 'other'));
  store.drop(thing('8', 'u9', 'other'));
  store.put(thing('3'));
  expect(version()).toBe('3');
});

test('what changes nothing is not told as a change', () => {
  store.put(thing('3'));
  store.put(thing('3'));
  store.drop(thing('9', 'u7', 'unknown'));
  store.deleted('u8');
  expect(changes).toBe(1);
});

test('what is found by a label is what is stored, after every kind of change', () => {
  const labelled = (resourceVersion: string, track: string, uid = 'u1') => {
    const { metadata } = thing(resourceVersion, uid);
    return { metadata: { ...metadata, labels: { track } } };
  };
  const found = (track: string) =>
    store.withLabels({ track }).map(({ metadata }) => metadata.resourceVersion);
  store.replaceAll([labelled('5', 'stable')], '5');
  expect(found('stable')).toEqual(['5']);
  store.put(labelled('6', 'canary'));
  expect([found('stable'), found('canary')]).toEqual([[], ['6']]);
  store.put(labelled('5', 'stable'));
  expect(found('stable')).toEqual([]);
  store.deleted('u1');
  expect(found('canary')).toEqual([]);
  store.put(labelled('8', 'canary', 'u2'));
  store.drop(labelled('9', 'canary', 'u2'));
  expect(found('canary')).toEqual([]);
  store.put(labelled('11', 'canary', 'u3'));
  store.replaceAll([labelled('3', 'stable', 'u4')], '4');
  expect([found('stable'), found('canary')]).toEqual([['3'], []]);
});
