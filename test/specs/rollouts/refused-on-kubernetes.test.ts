import { describe, expect, it } from 'vitest';
import { specKinds } from '../../../src/specs/rollouts/spec-kinds.ts';
import { resolveSpecInput } from '../../../src/specs/rollouts/resolve.ts';
import { leastOnKubernetes, leastRollback } from './written-specs.ts';

const { target, release } = leastOnKubernetes;
const withTarget = (changes: object) => ({ target: { ...target, ...changes } });
const withRelease = (written: object) => ({ release: written });
const patched = (step: object) => withRelease({ version: 'v2', patch: [step] });

function problemsOf(changes: object): string[] {
  const resolution = resolveSpecInput('canary', { ...leastOnKubernetes, ...changes });
  return resolution.ok ? [] : resolution.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('a release on Kubernetes is refused', () => {
  it.each<[string, object, string]>([
    [
      'that changes nothing',
      withRelease({ version: 'v2' }),
      'release.image: missing; write the image to bring out, such as shop:v2',
    ],
    [
      'with an image that is no name',
      withRelease({ version: 'v2', image: 'shop v2' }),
      'release.image: "shop v2" is not accepted; write the name of an image, such as registry.example/shop:v2',
    ],
    [
      'with one image and several',
      withRelease({ image: 'shop:v2', images: { shop: 'shop:v2' } }),
      'release.images: given together with image; keep one of them',
    ],
    [
      'with images of no container',
      withRelease({ version: 'v2', images: {} }),
      'release.images: an empty mapping is not accepted; write a mapping of containers to images, such as { shop: shop:v2 }',
    ],
    [
      'with the image of a container that cannot be named so',
      withRelease({ version: 'v2', images: { 'Shop 1': 'shop:v2' } }),
      'release.images["Shop 1"]: "Shop 1" is not accepted; write the name of a container',
    ],
    [
      'with an environment that could be of any of several containers',
      withRelease({ images: { shop: 'shop:v2', proxy: 'proxy:v2' }, env: { A: 'b' } }),
      'release.env: images names several containers, so it is not clear whose env this is; write a patch',
    ],
    [
      'with an image that has no version',
      withRelease({ image: 'registry.example:5000/shop' }),
      'release.version: missing, and no image has a tag or digest to go by; write a version without spaces, at most 128 characters',
    ],
    [
      'with images of several versions',
      withRelease({ images: { shop: 'shop:v2', proxy: 'proxy:1.30' } }),
      'release.version: missing, and its images differ (v2, 1.30); write a version without spaces, at most 128 characters',
    ],
    [
      'with a patch that no version names',
      withRelease({ patch: [{ op: 'remove', path: '/spec/nodeSelector' }] }),
      'release.version: missing; write a version without spaces, at most 128 characters',
    ],
    [
      'with a command',
      withRelease({ ...release, command: ['node'] }),
      'release.command: on Kubernetes a release is an image; write image, or a patch that sets the command',
    ],
    [
      'with a folder to start in',
      withRelease({ ...release, workingDirectory: '/shop' }),
      'release.workingDirectory: Kubernetes runs images; leave it out, or write a patch',
    ],
    [
      'inside the platform',
      withRelease({ ...release, inProcess: {} }),
      'release.inProcess: Kubernetes runs images; leave it out',
    ],
    [
      'with replicas of its own',
      { replicas: 4 },
      'replicas: the Deployment and its autoscaler say how many replicas there are; leave it out',
    ],
    [
      'with a readiness of its own',
      { readiness: { path: '/health' } },
      'readiness.path: on Kubernetes the readiness probes of the pod decide; leave it out',
    ],
    [
      'with an empty patch',
      withRelease({ version: 'v2', patch: [] }),
      'release.patch: an empty list is not accepted; write at least one step, such as { op: replace, path: /spec/containers/0/args, value: [] }',
    ],
    [
      'with a patch of the Deployment',
      patched({ op: 'replace', path: '/spec/template/spec/hostname', value: 'a' }),
      'release.patch[0].path: "/spec/template/spec/hostname" begins at the Deployment, not at its pod template; leave /spec/template out of it',
    ],
    [
      'with a patch of what no pod template has',
      patched({ op: 'replace', path: 'spec.hostname', value: 'a' }),
      'release.patch[0].path: "spec.hostname" is not accepted; write a JSON pointer into the pod template, such as /spec/containers/0/resources',
    ],
    [
      'with a patch that does what no patch can',
      patched({ op: 'move', path: '/spec/hostname', value: 'a' }),
      'release.patch[0].op: "move" is not accepted; did you mean "remove"? (one of: add, replace, remove)',
    ],
    [
      'with a patch that adds nothing',
      patched({ op: 'add', path: '/spec/hostname' }),
      'release.patch[0].value: missing; write the new value',
    ],
    [
      'with a patch that removes a value',
      patched({ op: 'remove', path: '/spec/hostname', value: 'a' }),
      'release.patch[0].value: remove takes none; leave it out',
    ],
  ])('%s', (_title, changes, problem) => {
    expect(problemsOf(changes)).toStrictEqual([problem]);
  });
});

describe('a target on Kubernetes is refused', () => {
  const colours = { blue: 'shop-blue', green: 'shop-green', service: 'shop' };

  it.each<[string, object, string]>([
    [
      'without a namespace',
      { target: { platform: 'kubernetes' } },
      'target.namespace: missing; write the name of a namespace: lowercase letters, digits and "-"',
    ],
    [
      'in a namespace that cannot be',
      withTarget({ namespace: 'Shop' }),
      'target.namespace: "Shop" is not accepted; write the name of a namespace: lowercase letters, digits and "-"',
    ],
    [
      'with a Deployment that cannot be',
      withTarget({ deployment: 'shop/web' }),
      'target.deployment: "shop/web" is not accepted; write the name of the Deployment: lowercase letters, digits, "-" and "."',
    ],
    [
      'with a context that is no text',
      withTarget({ context: 7 }),
      'target.context: 7 is not text; put it in quotes',
    ],
    [
      'with a port that cannot be',
      withTarget({ port: 0 }),
      'target.port: 0 is not accepted; write a whole number from 1 to 65535',
    ],
    [
      'with counters at no path',
      withTarget({ metrics: { path: 'metrics' } }),
      'target.metrics.path: "metrics" is not accepted; write a path that begins with "/", such as /metrics',
    ],
    [
      'with a router that is none',
      withTarget({ router: {} }),
      'target.router: empty; write one of gatewayApi, nginx, istio, or leave router out for replica ratio',
    ],
    [
      'with a router nobody knows',
      withTarget({ router: { gatewayAPI: { route: 'shop' } } }),
      'target.router.gatewayAPI: unknown key; did you mean "gatewayApi"? (known: gatewayApi, nginx, istio)',
    ],
    [
      'with a router in one word',
      withTarget({ router: 'istio' }),
      'target.router: "istio" is not accepted; write a mapping with the keys gatewayApi, nginx, istio',
    ],
    [
      'with two routers',
      withTarget({ router: { nginx: { ingress: 'shop' }, istio: { virtualService: 'shop' } } }),
      'target.router: nginx and istio are given together; keep the one that leads to the service',
    ],
    [
      'with a route without a name',
      withTarget({ router: { gatewayApi: {} } }),
      'target.router.gatewayApi.route: missing; write the name of the HTTPRoute: lowercase letters, digits, "-" and "."',
    ],
    [
      'with a router that takes longer than an act may',
      withTarget({ router: { nginx: { ingress: 'shop', settle: '2m' } } }),
      'target.router.nginx.settle: "2m" is too long; at most 1m',
    ],
    [
      'with two colours for a canary',
      withTarget({ colours }),
      'target.colours: two colours can only be switched; use kind: blueGreen, or leave colours out',
    ],
  ])('%s', (_title, changes, problem) => {
    expect(problemsOf(changes)).toStrictEqual([problem]);
  });

  it('with colours and what they stand in for', () => {
    const resolution = resolveSpecInput('blueGreen', {
      ...leastOnKubernetes,
      ...withTarget({
        deployment: 'shop',
        router: { istio: { virtualService: 'shop' } },
        colours: { ...colours, green: 'shop-blue' },
      }),
    });
    expect(resolution).toStrictEqual({
      ok: false,
      problems: [
        {
          path: 'target.colours.green',
          message: 'the same Deployment as blue; name the other one',
        },
        {
          path: 'target.router',
          message: 'with colours the Service is switched, not weighted; keep one of them',
        },
        { path: 'target.deployment', message: 'colours name the two Deployments; leave it out' },
      ],
    });
  });

  it('with labels that no object can have, each named by its own reason', () => {
    const labels = {
      'belay.dev/track': 'stable',
      'team.belay.dev/owner': 'payments',
      'pod-template-hash': 'abc',
      'no team': 'payments',
      '/team': 'payments',
      ['a'.repeat(64)]: 'payments',
      'Shop.example/team': 'payments',
      team: 'the payments team',
      tier: 1,
      'no good': 'neither is this',
    };
    const written = 'write a label name, such as team or example.org/team';
    const value =
      'write a label value: at most 63 letters, digits, "-", "_" and ".", beginning and ending with a letter or digit';
    expect(problemsOf(withTarget({ labels })).toSorted()).toStrictEqual(
      [
        'target.labels["belay.dev/track"]: labels under belay.dev/ are Belay\'s own; use another prefix',
        'target.labels["team.belay.dev/owner"]: labels under belay.dev/ are Belay\'s own; use another prefix',
        'target.labels.pod-template-hash: Kubernetes sets pod-template-hash itself; leave it out',
        `target.labels["no team"]: "no team" is not accepted; ${written}`,
        `target.labels["/team"]: "/team" is not accepted; ${written}`,
        `target.labels["${'a'.repeat(59)}…"]: "${'a'.repeat(59)}…" is not accepted; ${written}`,
        `target.labels["Shop.example/team"]: "Shop.example/team" is not accepted; ${written}`,
        `target.labels.team: "the payments team" is not accepted; ${value}`,
        'target.labels.tier: 1 is not text; put it in quotes',
        `target.labels["no good"]: "neither is this" is not accepted; ${value}`,
      ].toSorted(),
    );
  });

  it.each([
    [
      'with no label at all',
      { labels: {} },
      'target.labels: an empty mapping is not accepted; write labels such as { team: payments }',
    ],
    [
      'with a list of labels',
      { labels: ['team'] },
      'target.labels: a list is not accepted; write labels such as { team: payments }',
    ],
  ])('%s', (_title, changes, problem) => {
    expect(problemsOf(withTarget(changes))).toStrictEqual([problem]);
  });

  it('with labels beside two colours, where nothing is created', () => {
    const resolution = resolveSpecInput('blueGreen', {
      ...leastOnKubernetes,
      ...withTarget({ colours, labels: { team: 'payments' } }),
    });
    expect(resolution).toMatchObject({
      problems: [
        {
          path: 'target.labels',
          message: 'with colours Belay creates nothing that could have labels; leave it out',
        },
      ],
    });
  });

  it('by its own reasons alone where its platform does not exist', () => {
    expect(problemsOf({ target: { platform: 'kubernets' } })).toStrictEqual([
      'target.platform: there is no platform "kubernets"; did you mean "kubernetes"? (platforms that exist: local, kubernetes)',
    ]);
  });
});

describe('a spec of any kind', () => {
  it.each(specKinds)('%s takes the least there is to write on Kubernetes', (kind) => {
    const { release: brought, ...where } = leastOnKubernetes;
    const input = kind === 'rollback' ? where : { ...where, release: brought };
    expect(resolveSpecInput(kind, input)).toMatchObject({ ok: true, spec: { kind } });
  });

  it('rollback takes a target with two colours, as the deployment before it had', () => {
    const colours = { blue: 'a', green: 'b', service: 'shop' };
    const input = { ...leastRollback, ...withTarget({ colours }) };
    expect(resolveSpecInput('rollback', input)).toMatchObject({ spec: { target: { colours } } });
  });
});
