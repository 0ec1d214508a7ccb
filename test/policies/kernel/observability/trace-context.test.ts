import { expect, test } from 'vitest';
import { serviceOfWorkflow } from '../../../../src/policies/kernel/observability/service-of-workflow.ts';
import {
  carryOn,
  readCarrier,
  spanOfRun,
} from '../../../../src/policies/kernel/observability/trace-context.ts';

const runId = '019aa1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b';
const sender = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00` };

test('a run has one span, whoever asks, in the trace of its sender', () => {
  expect(spanOfRun(runId, sender)).toEqual({
    traceId: 'a'.repeat(32),
    spanId: '8a6b7c8d9e0f1a2b',
  });
});

test('a run whose sender does not trace has a trace of its own', () => {
  expect(spanOfRun(runId)).toEqual({
    traceId: '019aa1b2c3d47e5f8a6b7c8d9e0f1a2b',
    spanId: '8a6b7c8d9e0f1a2b',
  });
});

test('what a run asks for is within its span, sampled or not as its sender decided', () => {
  expect(carryOn({ ...sender, tracestate: 'vendor=1' }, runId)).toEqual({
    traceparent: `00-${'a'.repeat(32)}-8a6b7c8d9e0f1a2b-00`,
    tracestate: 'vendor=1',
  });
});

test.each([
  undefined,
  null,
  'text',
  {},
  { traceparent: 1 },
  { traceparent: 'no trace' },
  { traceparent: `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01` },
  { traceparent: `00-${'a'.repeat(32)}-${'0'.repeat(16)}-01` },
])('%j is no trace context', (given) => {
  expect(readCarrier(given)).toBeUndefined();
});

test('what is no state is left out', () => {
  expect(readCarrier({ ...sender, tracestate: 7 })).toEqual(sender);
});

test('a line of the log is about the service whose release the workflow changes', () => {
  expect(serviceOfWorkflow('rollout/demo/shop')).toEqual({ service: 'shop', environment: 'demo' });
  expect(serviceOfWorkflow('alert/demo/shop')).toEqual({});
  expect(serviceOfWorkflow(undefined)).toEqual({});
});
