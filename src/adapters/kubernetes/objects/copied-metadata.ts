/** Which labels and annotations of an object its copy also gets. Pure. */
import type { V1ObjectMeta } from '@kubernetes/client-node';

type Pairs = Record<string, string>;

/**
 * Bookkeeping of tools about one object: with it, the tools would take the copy for their own, and
 * delete or report it.
 */
const bookkeeping = [
  /(^|\.)belay\.dev\//,
  /^kubectl\.kubernetes\.io\//,
  /^deployment\.kubernetes\.io\//,
  /^endpoints\.kubernetes\.io\//,
  /^applyset\.kubernetes\.io\//,
  /^addonmanager\.kubernetes\.io\//,
  /^argocd\.argoproj\.io\//,
  /\.toolkit\.fluxcd\.io\//,
  /^meta\.helm\.sh\//,
  /^app\.kubernetes\.io\/managed-by$/,
  /\.cattle\.io\//,
  /^cloud\.google\.com\/neg-status$/,
];

/**
 * Annotations with which other programs create or claim something that exists once: a load balancer,
 * an address, a DNS name, a certificate, their own routes, the next image.
 */
const claims = [
  /(^|\.)service\.beta\.kubernetes\.io\//,
  /^service\.kubernetes\.io\/(load-?balancer|qcloud|ibm|aws|azure)/,
  /load-?balancer/i,
  /^networking\.gke\.io\//,
  /^cloud\.google\.com\/(l4|network-tier)/,
  /(^|\.)external-dns\.|^external-dns/,
  /^(metallb\.(io|universe\.tf)|lbipam\.cilium\.io|kube-vip\.io|purelb\.io)\//,
  /^tailscale\.com\//,
  /^cert-manager\.io\/|^acme\.cert-manager\.io\//,
  /^service\.(alpha|beta)\.openshift\.io\//,
  /^getambassador\.io\/config$/,
  /^(keel\.sh|argocd-image-updater\.argoproj\.io|reloader\.stakater\.com)\//,
];

/** The labels of a copy. */
export function copiedLabels(metadata: V1ObjectMeta | undefined): Pairs {
  return without(metadata?.labels, bookkeeping);
}

/** The annotations of a copy. */
export function copiedAnnotations(metadata: V1ObjectMeta | undefined): Pairs {
  return without(metadata?.annotations, [...bookkeeping, ...claims]);
}

/** Keys of annotations that a copy must not have, although they are not bookkeeping. */
export function claimingAnnotations(metadata: V1ObjectMeta | undefined): string[] {
  const keys = Object.keys(without(metadata?.annotations, bookkeeping));
  return keys.filter((key) => claims.some((pattern) => pattern.test(key)));
}

function without(pairs: Pairs | undefined, patterns: readonly RegExp[]): Pairs {
  const kept = Object.entries(pairs ?? {}).filter(
    ([key]) => !patterns.some((pattern) => pattern.test(key)),
  );
  return Object.fromEntries(kept);
}
