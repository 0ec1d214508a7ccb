import { tokenPath } from '../credentials.ts';
import type { Subnet } from '../subnet.ts';
import { apiServerUrl, type Daemon, type DaemonContext } from './daemon.ts';

const ports = { gateway: 8000, ingress: 8100, metrics: 9100 } as const;

/** The port of the routes; the Gateway listens on the same port as its entrypoint. */
export function traefikUrls({ node }: Subnet) {
  return {
    gatewayUrl: `http://${node}:${ports.gateway}`,
    ingressUrl: `http://${node}:${ports.ingress}`,
    traefikMetricsUrl: `http://${node}:${ports.metrics}/metrics`,
  };
}

export function traefik(context: DaemonContext): Daemon {
  const { node } = context.subnet;
  const client = { endpoint: apiServerUrl(context.subnet), ...clientFiles(context) };
  return {
    name: 'traefik',
    command: [
      context.programs.traefik,
      ...Object.entries(ports).map(
        ([name, port]) => `--entrypoints.${name}.address=${node}:${port}`,
      ),
      '--metrics.prometheus.entrypoint=metrics',
      '--metrics.prometheus.addserviceslabels',
      '--metrics.prometheus.addrouterslabels',
      ...provider('kubernetesgateway', client, node),
      ...provider('kubernetesingressnginx', client, node),
      '--providers.kubernetesingressnginx.httpentrypoint=ingress',
      '--global.checknewversion=false',
      '--global.sendanonymoususage=false',
      '--log.level=INFO',
      '--log.nocolor',
    ],
  };
}

interface ApiClient {
  endpoint: string;
  token: string;
  certauthfilepath: string;
}

function clientFiles({ layout }: DaemonContext): Omit<ApiClient, 'endpoint'> {
  return { token: tokenPath(layout, 'traefik'), certauthfilepath: layout.serverCertificate };
}

function provider(name: string, client: ApiClient, node: string): string[] {
  const status = name === 'kubernetesgateway' ? 'statusaddress.ip' : 'publishstatusaddress';
  return [
    `--providers.${name}`,
    ...Object.entries({ ...client, [status]: node }).map(
      ([option, value]) => `--providers.${name}.${option}=${value}`,
    ),
  ];
}
