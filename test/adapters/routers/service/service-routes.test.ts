import { describe, expect, it } from 'vitest';
import { createServiceRoutes } from '../../../../src/adapters/routers/service/service-routes.ts';
import { ServiceInMemory, sliceOf } from './service-in-memory.ts';

const call = { namespace: 'shop', service: 'shop' };
const at = (host: string, port = 5432) => ({ host, port });
const from = at('10.0.0.1');
const target = (host = '10.0.0.2', timeline = 2) => ({
  ...{ address: at(host), systemIdentifier: '7301', timeline },
});

function given(change: (kept: ServiceInMemory) => void = () => undefined) {
  const kept = new ServiceInMemory();
  change(kept);
  return { kept, routes: createServiceRoutes(kept.clusters()) };
}

const managed = (manager: string, operation: string, field = 'f:endpoints') => ({
  ...{ manager, operation, fieldsV1: { [field]: {} } },
});

describe('a Service that Belay leads', () => {
  it('leads to the new primary, and remembers which timeline that is', async () => {
    const { kept, routes } = given();
    expect(await routes.examineService({ ...call, servers: [from, at('10.0.0.2')] })).toMatchObject(
      { to: from, problems: [] },
    );
    const facts = await routes.switchService({ ...call, from, to: target() });
    expect(facts).toMatchObject({
      ...{ to: at('10.0.0.2'), generation: { timeline: 2, systemIdentifier: '7301' } },
    });
    expect(kept.slices[0]).toMatchObject({
      endpoints: [{ addresses: ['10.0.0.2'], conditions: { ready: true } }],
      ports: [{ name: 'postgresql', protocol: 'TCP', port: 5432 }],
    });
  });

  it('is written once where an attempt is repeated', async () => {
    const { kept, routes } = given();
    await routes.switchService({ ...call, from, to: target() });
    await routes.switchService({ ...call, from, to: target() });
    expect(kept.writes).toBe(1);
  });

  it('leads to a server on another port', async () => {
    const { routes } = given();
    const to = { ...target(), address: at('10.0.0.2', 5433) };
    expect(await routes.switchService({ ...call, from, to })).toMatchObject({
      to: at('10.0.0.2', 5433),
    });
  });

  it('is never led back by a late attempt to an older timeline', async () => {
    const { kept, routes } = given();
    await routes.switchService({ ...call, from, to: target() });
    await routes.switchService({ ...call, from: at('10.0.0.2'), to: target('10.0.0.1', 3) });
    await expect(routes.switchService({ ...call, from, to: target() })).rejects.toMatchObject({
      ...{ code: 'refused', message: 'it was led to timeline 3 before, which is newer than 2' },
    });
    expect(kept.slices[0]).toMatchObject({ endpoints: [{ addresses: ['10.0.0.1'] }] });
  });

  it('is refused where somebody has led it elsewhere right before the write', async () => {
    const { kept, routes } = given((each) => {
      each.meanwhile.push(() =>
        each.write('shop-belay', { endpoints: [{ addresses: ['10.0.0.9'] }] }),
      );
    });
    await expect(routes.switchService({ ...call, from, to: target() })).rejects.toThrow(
      'Service shop/shop leads to 10.0.0.9:5432, and neither to 10.0.0.1:5432 nor to 10.0.0.2:5432',
    );
    expect(kept.writes).toBe(0);
  });

  it('is written again where somebody has changed something else right before', async () => {
    const { kept, routes } = given((each) => {
      each.meanwhile.push(() => each.write('shop-belay', {}));
    });
    await routes.switchService({ ...call, from, to: target() });
    expect(kept.writes).toBe(1);
  });
});

describe('a Service that Belay cannot lead', () => {
  const spec = (more: object) => (kept: ServiceInMemory) => {
    kept.service = { ...kept.service, spec: { ...(kept.service['spec'] as object), ...more } };
  };
  const slices =
    (...all: Parameters<typeof sliceOf>) =>
    (kept: ServiceInMemory) => {
      kept.slices = all.map(sliceOf);
    };

  it.each([
    ['a selector', spec({ selector: { app: 'db' } }), 'has a selector (app=db)'],
    ['another name', spec({ type: 'ExternalName' }), 'is an ExternalName'],
    ['no cluster IP', spec({ clusterIP: 'None' }), 'is headless'],
    ['ports of other names', spec({ ports: [{ name: 'pg', port: 5432 }] }), 'named "postgresql"'],
    [
      'no slice',
      (kept: ServiceInMemory) => (kept.slices = []),
      'has no EndpointSlice with the label endpointslice.kubernetes.io/managed-by: belay.dev',
    ],
    [
      'several slices',
      (kept: ServiceInMemory) => (kept.slices = [sliceOf(), sliceOf({ name: 'other' })]),
      'has several EndpointSlices that Belay would lead (shop-belay, other)',
    ],
    [
      'a slice that mirrors an Endpoints',
      (kept: ServiceInMemory) => {
        const manager = 'endpointslicemirroring-controller.k8s.io';
        kept.slices = [sliceOf(), sliceOf({ name: 'shop-x7', manager, host: '10.0.0.3' })];
      },
      'EndpointSlice shop-x7, which endpointslicemirroring-controller.k8s.io manages, leads clients to 10.0.0.3, too',
    ],
    [
      'two endpoints',
      slices({
        more: { endpoints: [{ addresses: ['10.0.0.1'] }, { addresses: ['10.0.0.2'] }] },
      }),
      'does not have one endpoint with one address',
    ],
    [
      'an endpoint that is not ready',
      slices({ more: { endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: false } }] } }),
      'is not ready, so nobody is led there',
    ],
  ])('has %s', async (_, change, problem) => {
    const { kept, routes } = given(change);
    const { problems } = await routes.examineService(call);
    expect(problems.join('; ')).toContain(problem);
    await expect(routes.switchService({ ...call, from, to: target() })).rejects.toMatchObject({
      code: 'refused',
    });
    expect(kept.writes).toBe(0);
  });

  it.each([
    ['kubectl-create', 'Update', []],
    ['belay-playbook', 'Update', []],
    ['argocd-controller', 'Apply', ['argocd-controller']],
    ['argocd-controller', 'Update', ['argocd-controller']],
    ['kubectl-client-side-apply', 'Update', ['kubectl-client-side-apply']],
    ['kubectl', 'Apply', ['kubectl']],
  ])('is written by %s (%s), too', async (manager, operation, writers) => {
    const { routes } = given((kept) => {
      const [slice] = kept.slices;
      const managedFields = [managed(manager, operation), managed('labeller', 'Apply', 'f:labels')];
      Object.assign(slice!.metadata, { managedFields });
    });
    const { problems } = await routes.examineService(call);
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual(writers);
  });

  it('must not be written, or has addresses of another family', async () => {
    const { routes } = given((kept) => {
      kept.forbidden = 'endpointslices.discovery.k8s.io "shop-belay" is forbidden';
    });
    const servers = [from, at('db-2.shop'), at('fd00::1')];
    const { problems } = await routes.examineService({ ...call, servers });
    expect(problems).toEqual([
      'EndpointSlice shop-belay has addresses of IPv4, and db-2.shop is none: write that of the node in the plan',
      'EndpointSlice shop-belay has addresses of IPv4, and fd00::1 is none: write that of the node in the plan',
      'endpointslices.discovery.k8s.io "shop-belay" is forbidden',
    ]);
  });
});
