import { describe, expect, it } from 'vitest';
import { resolveSpecOf } from '../../../src/specs/registry.ts';

const plan = {
  ...{ kind: 'backup', environment: 'prod', backup: 'shop', agent: 'db-1' },
  components: {
    database: { postgres: { cluster: 'main' }, repositories: ['main'] },
    objects: { kubernetes: { namespaces: ['shop', 'cart'] }, repositories: ['files'] },
  },
};

function problemsOf(more: object): string[] {
  const resolution = resolveSpecOf('restore', { kind: 'restore', plan, ...more });
  if (resolution === undefined) throw new Error('There is no kind restore');
  return resolution.ok ? [] : resolution.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('where a restore goes', () => {
  it.each<[string, object]>([
    ['beside', {}],
    ['in place of a database that runs', { component: 'database', inPlace: true, stop: true }],
    ['over it', { component: 'database', inPlace: true, safetyCopy: false }],
    [
      'into other namespaces, by another agent',
      { component: 'objects', agent: 'b', intoNamespaces: { shop: 'shop-2', cart: 'cart-2' } },
    ],
  ])('is %s', (_, more) => {
    expect(problemsOf(more)).toEqual([]);
  });

  it.each<[string, object, string[]]>([
    [
      'to stop what is not restored in place',
      { stop: true },
      ['stop: nothing is stopped but for a restore in place; write inPlace: true'],
    ],
    [
      'in place by another agent',
      { inPlace: true, agent: 'b' },
      ['agent: a restore in place is done by the agent of the source; leave it out'],
    ],
    [
      'into the namespaces that are backed up',
      { component: 'objects', intoNamespaces: { shop: 'cart', cart: 'cart' } },
      [
        'intoNamespaces.shop: "cart" is backed up itself; for a restore over it, write inPlace: true',
        'intoNamespaces.cart: "cart" is backed up itself; for a restore over it, write inPlace: true',
      ],
    ],
    [
      'into one namespace twice',
      { component: 'objects', intoNamespaces: { shop: 'all', cart: 'all' } },
      ['intoNamespaces.shop: "all" is the target of another namespace, too'],
    ],
    [
      'of namespaces that are not in the plan, while one of it is left out',
      { component: 'objects', intoNamespaces: { shp: 'shop-2', cart: 'cart-2' } },
      [
        'intoNamespaces.shp: no component has it; did you mean "shop"? (one of: shop, cart)',
        'intoNamespaces.shop: missing; write where it is restored',
      ],
    ],
    [
      'of a database into namespaces, in place',
      { inPlace: true, intoNamespaces: { shop: 'shop-2', cart: 'cart-2' } },
      [
        'intoNamespaces: is not in place; leave out one of the two',
        'component: database has no namespaces; name the component that is restored',
      ],
    ],
    [
      'into what is no namespace',
      { component: 'objects', intoNamespaces: { shop: 'Shop', cart: 'cart-2' } },
      [expect.stringMatching(/^intoNamespaces\.shop: "Shop" is not accepted/) as string],
    ],
  ])('is refused %s', (_, more, problems) => {
    expect(problemsOf(more).toSorted()).toEqual(problems.toSorted());
  });
});
