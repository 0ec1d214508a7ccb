import { expect, it } from 'vitest';
import { resolveSpecInput } from '../../../src/specs/rollouts/resolve.ts';
import {
  targetOf,
  writtenRollback,
  writtenSpec,
  writtenTarget,
} from '../../../src/specs/rollouts/written-spec.ts';

const shop = { service: 'shop', environment: 'demo' };
const router = { gatewayApi: { route: 'shop', settle: '5s' } };
const target = { platform: 'kubernetes', namespace: 'shop', router };

it('makes a rollback that resolves from the target of any written spec', () => {
  const canary = writtenSpec<unknown>({ ...shop, target, release: { version: 'v2' } });
  const rollback = writtenRollback({ ...shop, target: targetOf(canary), toRevision: 3 });
  expect(rollback).toEqual({ kind: 'rollback', ...shop, target, toRevision: 3 });
  const resolved = resolveSpecInput('rollback', rollback);
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.problems));
  const { spec } = resolved;

  // @ts-expect-error: a resolved spec is not a written one
  const sentAgain = resolveSpecInput('rollback', writtenSpec(spec));
  expect(sentAgain.ok).toBe(false);
  // @ts-expect-error: nor is its target
  writtenTarget(spec.target);
});
