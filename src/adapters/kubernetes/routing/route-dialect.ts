import type { Kind, ObjectByKind } from '../../kubernetes-api/cluster-api.ts';
import type { FieldPath } from '../objects/field-writer.ts';
import type { BackendDialect } from './backends.ts';
import type { Verification } from './router.ts';

/** A list of backends inside a route. */
export interface RouteRule<B> {
  /** JSON pointer of the list. */
  path: string;
  /** As an operator calls it: "rule 1". */
  label: string;
  backends: readonly B[];
}

/** Everything that one kind of route with weights in its own rules does differently. */
export interface RouteDialect<K extends Kind, B> {
  kind: K;
  /** "HTTPRoute" */
  title: string;
  rules(route: ObjectByKind[K]): RouteRule<B>[];
  /** Where those stand in the route. */
  rulesField: FieldPath;
  /** Reasons of this router's own, for a route and the rules of it that lead to the Service. */
  refusals(route: ObjectByKind[K], rules: readonly RouteRule<B>[]): string[];
  backends(namespace: string): BackendDialect<B>;
  /** Where it leads, for people: also where that is no Service of the namespace. */
  describe(backend: B): string;
  /** Whether its router has taken over this route, which says this weight. */
  verify(route: ObjectByKind[K], weight: number): Verification;
}
