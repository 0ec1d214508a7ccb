import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { ownWorkflowTypes } from '../../src/kinds/own-workflow-types.ts';

it('has every workflow type that workers of Belay know', () => {
  const types = createRequire(import.meta.url)('../../workflows/index.cjs') as object;
  expect([...ownWorkflowTypes].toSorted()).toEqual(Object.keys(types).toSorted());
});
