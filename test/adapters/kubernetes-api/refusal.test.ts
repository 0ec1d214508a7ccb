import { expect, test } from 'vitest';
import { PlatformError } from '../../../src/contracts/rollouts/platform.ts';
import { TestFailed } from '../../../src/adapters/kubernetes-api/cluster-api.ts';
import {
  isNoSuchObject,
  readStatus,
  refusalOf,
  type RequestAttempt,
  type Status,
} from '../../../src/adapters/kubernetes-api/refusal.ts';

const patching: RequestAttempt = {
  verb: 'patch',
  kind: 'deployments',
  namespace: 'shop',
  name: 'web',
};
const creating: RequestAttempt = { verb: 'create', kind: 'deployments', namespace: 'shop' };

function refused(attempt: RequestAttempt, code: number, status: Status): [string, string] {
  const error = refusalOf(attempt, code, status);
  return [error instanceof PlatformError ? error.code : error.name, error.message];
}

test('a missing right is named, with the rule that grants it', () => {
  const message =
    'deployments.apps "web" is forbidden: User "system:serviceaccount:belay:belay" cannot patch ' +
    'resource "deployments" in API group "apps" in the namespace "shop"';
  expect(refused(patching, 403, { reason: 'Forbidden', message })).toEqual([
    'unauthorized',
    'Belay needs patch on deployments in namespace shop; give its Role there ' +
      'apiGroups: ["apps"], resources: ["deployments"], verbs: ["patch"]',
  ]);
});

test('a right that is missing everywhere belongs into a ClusterRole', () => {
  const message = 'pods is forbidden: User "x" cannot list resource "pods" in API group ""';
  const [, text] = refused({ verb: 'list', kind: 'pods' }, 403, { message });
  expect(text).toContain('Belay needs list on pods in all namespaces; give its ClusterRole');
});

test('an exceeded quota is no missing right: it is named with its figures', () => {
  const message =
    'pods "web-1" is forbidden: exceeded quota: compute, requested: pods=1, used: pods=4, limited: pods=4';
  expect(refused(creating, 403, { message })).toEqual([
    'conflict',
    'The cluster refused to create deployments in namespace shop: the quota "compute" has no ' +
      'room, requested: pods=1, used: pods=4, limited: pods=4',
  ]);
});

test('what an admission policy forbids is wrong with the object, not with our rights', () => {
  const message =
    'pods "web" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false';
  const [code, text] = refused(creating, 403, { message });
  expect(code).toBe('invalid');
  expect(text).toContain('violates PodSecurity "restricted:latest"');
});

test('a namespace on its way out takes nothing new', () => {
  const message =
    'deployments.apps "web" is forbidden: unable to create new content in namespace shop because it is being terminated';
  expect(refused(creating, 403, { message })[0]).toBe('conflict');
});

test('a JSON patch that does not fit is a failed test', () => {
  const error = refusalOf(patching, 422, {
    reason: 'Invalid',
    message: 'the server rejected our request due to an error in our request',
    details: {},
  });
  expect(error).toBeInstanceOf(TestFailed);
  expect(error.message).toContain('deployments shop/web');
});

test('what the API server finds wrong is listed with every cause, and no value of the object', () => {
  const causes = [
    { field: 'spec.replicas', message: 'Invalid value: -1: must be greater than or equal to 0' },
    { field: 'metadata.name', message: 'Invalid value: "A \\" secret: B": must be lower case' },
    { field: 'patch', message: 'Invalid value: "{\\"env\\":\\"hunter2: x\\"}": unknown field "y"' },
    { field: 'spec.selector', message: 'Invalid value: v1.LabelSelector{a: b}: is immutable' },
    { field: 'spec.template', message: 'Required value' },
  ];
  const [code, message] = refused(patching, 422, { details: { causes } });
  expect(code).toBe('invalid');
  expect(message).toMatchInlineSnapshot(`
    "The cluster refused to patch deployments shop/web:
      spec.replicas: Invalid value: must be greater than or equal to 0
      metadata.name: Invalid value: must be lower case
      patch: Invalid value: unknown field "y"
      spec.selector: Invalid value: is immutable
      spec.template: Required value"
  `);
});

test('an object that is not there is told apart from a kind that is not installed', () => {
  const object = { message: 'deployments.apps "web" not found', details: { name: 'web' } };
  expect(isNoSuchObject(refusalOf(patching, 404, object))).toBe(true);
  const unknown = refusalOf(
    { ...patching, kind: 'httproutes' },
    404,
    readStatus('404 page not found'),
  );
  expect(isNoSuchObject(unknown)).toBe(false);
  expect(unknown.message).toContain('does not know HTTPRoute (gateway.networking.k8s.io/v1)');
});

test('an object that has been replaced by another of its name is gone', () => {
  const message =
    'Operation cannot be fulfilled on Deployment.apps "web": the UID in the precondition (a) does not match the UID in record (b)';
  const deleting: RequestAttempt = { ...patching, verb: 'delete' };
  expect(isNoSuchObject(refusalOf(deleting, 409, { message }))).toBe(true);
});

test('an object that is to be deleted as it was read, and has been written since, is a failed test', () => {
  const message =
    'Operation cannot be fulfilled on Deployment.apps "web": the ResourceVersion in the precondition (1) does not match the ResourceVersion in record (2). The object might have been modified';
  const deleting: RequestAttempt = { ...patching, verb: 'delete' };
  expect(refusalOf(deleting, 409, { message })).toBeInstanceOf(TestFailed);
});

test('what exists already is a conflict', () => {
  const message = 'deployments.apps "web" already exists';
  expect(refused(creating, 409, { reason: 'AlreadyExists', message })).toEqual([
    'conflict',
    `The cluster refused to create deployments in namespace shop: ${message}`,
  ]);
});

test.each([
  [409, 'AlreadyExists', 'deployments.apps "web" already exists', 'already-exists'],
  [409, 'Conflict', 'the object has been modified', undefined],
  [400, 'BadRequest', 'admission webhook "x.io" does not support dry run', 'no-dry-run'],
  [400, 'BadRequest', 'the body is no JSON', undefined],
])('of a %i %s (%s) the reason is known without its words', (code, reason, message, known) => {
  expect(refusalOf(creating, code, { reason, message })).toMatchObject({ reason: known });
});
