import type { Kind, ObjectByKind } from '../../kubernetes-api/cluster-api.ts';
import type { FieldPath } from '../objects/field-writer.ts';
import type { BackendDialect } from './backends.ts';
import type { Verification } from './router.ts';

/** A list of backends inside a route. */
export interface RouteRule<B> {
  /** The JSON pointer of the list. */
  path: string;
  /** A name for messages: "rule 1". */
  label: string;
  backends: readonly B[];
}

/** How one kind of route with weights in its own rules differs from the others. */
export interface RouteDialect<K extends Kind, B> {
  kind: K;
  /** "HTTPRoute" */
  title: string;
  rules(route: ObjectByKind[K]): RouteRule<B>[];
  /** Where the lists are in the route. */
  rulesField: FieldPath;
  /** Further reasons of this router, for a route and its rules that lead to the Service. */
  refusals(route: ObjectByKind[K], rules: readonly RouteRule<B>[]): string[];
  backends(namespace: string): BackendDialect<B>;
  /** The destination as text, even if it is not a Service of the namespace. */
  describe(backend: B): string;
  /** Whether its router has applied this route, which has this weight. */
  verify(route: ObjectByKind[K], weight: number): Verification;
}
