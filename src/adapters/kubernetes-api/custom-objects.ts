import type { V1ObjectMeta } from '@kubernetes/client-node';

/** The parts of custom objects that Belay reads and writes; the Kubernetes client has no types for them. */
interface CustomObject {
  apiVersion?: string;
  kind?: string;
  metadata?: V1ObjectMeta;
}

/** Gateway API, gateway.networking.k8s.io/v1. */
export interface HttpRoute extends CustomObject {
  spec?: {
    parentRefs?: ParentReference[];
    rules?: { backendRefs?: HttpBackendRef[] }[];
  };
  status?: {
    parents?: {
      parentRef?: ParentReference;
      controllerName: string;
      conditions?: RouteCondition[];
    }[];
  };
}

export interface ParentReference {
  group?: string;
  kind?: string;
  /** The namespace of the route if absent. */
  namespace?: string;
  name: string;
  sectionName?: string;
  port?: number;
}

export interface RouteCondition {
  type: string;
  status: string;
  observedGeneration?: number;
  reason?: string;
  message?: string;
}

export interface HttpBackendRef {
  group?: string;
  kind?: string;
  name: string;
  namespace?: string;
  port?: number;
  /** 1 if absent. */
  weight?: number;
}

/** Istio, networking.istio.io/v1. */
export interface VirtualService extends CustomObject {
  spec?: {
    hosts?: string[];
    http?: { name?: string; route?: IstioDestination[] }[];
    tcp?: { route?: IstioDestination[] }[];
    tls?: { route?: IstioDestination[] }[];
  };
  status?: { conditions?: { type: string; status: string }[]; observedGeneration?: string };
}

export interface IstioDestination {
  destination: { host: string; subset?: string; port?: { number: number } };
  weight?: number;
}

export interface DestinationRule extends CustomObject {
  spec?: { host?: string; subsets?: { name: string; labels?: Record<string, string> }[] };
}
