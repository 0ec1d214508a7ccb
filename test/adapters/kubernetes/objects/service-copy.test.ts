import { describe, expect, it } from 'vitest';
import {
  copiedAnnotations,
  copiedLabels,
} from '../../../../src/adapters/kubernetes/objects/copied-metadata.ts';
import {
  copiedServiceSpec,
  notCopied,
} from '../../../../src/adapters/kubernetes/objects/service-copy.ts';

describe("the canary's copy of a Service", () => {
  it('hands requests to pods in the same way, on the same ports', () => {
    const spec = {
      type: 'NodePort',
      clusterIP: '10.0.0.7',
      clusterIPs: ['10.0.0.7'],
      selector: { app: 'shop' },
      ports: [
        {
          name: 'http',
          port: 80,
          targetPort: 'web',
          nodePort: 30_080,
          appProtocol: 'kubernetes.io/h2c',
        },
        { name: 'admin', port: 81, targetPort: 9090 },
      ],
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 600 } },
      internalTrafficPolicy: 'Local',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 30_100,
      trafficDistribution: 'PreferClose',
      ipFamilyPolicy: 'SingleStack',
      ipFamilies: ['IPv4'],
    };
    expect(copiedServiceSpec({ spec }, { track: 'canary' })).toEqual({
      selector: { track: 'canary' },
      ports: [
        { name: 'http', port: 80, targetPort: 'web', appProtocol: 'kubernetes.io/h2c' },
        { name: 'admin', port: 81, targetPort: 9090 },
      ],
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 600 } },
      internalTrafficPolicy: 'Local',
      trafficDistribution: 'PreferClose',
      ipFamilyPolicy: 'SingleStack',
      ipFamilies: ['IPv4'],
    });
  });

  it('is headless where the Service is, which may then have no ports', () => {
    expect(copiedServiceSpec({ spec: { clusterIP: 'None' } }, {})).toEqual({
      clusterIP: 'None',
      selector: {},
    });
  });

  it('has its labels, but none by which a tool would take it for its own', () => {
    const labels = {
      team: 'shop',
      'app.kubernetes.io/instance': 'shop',
      'app.kubernetes.io/managed-by': 'Helm',
      'argocd.argoproj.io/instance': 'shop',
      'applyset.kubernetes.io/part-of': 'x',
      'kustomize.toolkit.fluxcd.io/name': 'apps',
      'belay.dev/held': 'true',
    };
    expect(copiedLabels({ labels })).toEqual({
      team: 'shop',
      'app.kubernetes.io/instance': 'shop',
    });
  });

  const annotations = {
    'traefik.ingress.kubernetes.io/service.sticky.cookie': 'true',
    'service.kubernetes.io/topology-mode': 'Auto',
    'kubectl.kubernetes.io/last-applied-configuration': '{}',
    'belay.dev/before': '{}',
    'service.beta.kubernetes.io/aws-load-balancer-type': 'external',
    'external-dns.alpha.kubernetes.io/hostname': 'shop.example',
    'service.beta.openshift.io/serving-cert-secret-name': 'shop-tls',
  };

  it('has the annotations that say how requests are treated', () => {
    expect(copiedAnnotations({ annotations })).toEqual({
      'traefik.ingress.kubernetes.io/service.sticky.cookie': 'true',
      'service.kubernetes.io/topology-mode': 'Auto',
    });
  });

  it('names what it is created without', () => {
    const spec = {
      type: 'LoadBalancer',
      externalIPs: ['192.0.2.1'],
      publishNotReadyAddresses: true,
    };
    expect(notCopied({ metadata: { annotations }, spec })).toEqual([
      'type LoadBalancer',
      'externalIPs',
      'publishNotReadyAddresses',
      'annotation service.beta.kubernetes.io/aws-load-balancer-type',
      'annotation external-dns.alpha.kubernetes.io/hostname',
      'annotation service.beta.openshift.io/serving-cert-secret-name',
    ]);
    expect(notCopied({ metadata: { annotations: {} }, spec: { type: 'ClusterIP' } })).toEqual([]);
  });
});
