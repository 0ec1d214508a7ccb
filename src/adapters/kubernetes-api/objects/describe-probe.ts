import type { V1Probe } from '@kubernetes/client-node';

/** A probe as short text: "GET :8080/health". */
export function describeProbe({ httpGet, tcpSocket, grpc, exec }: V1Probe): string {
  if (httpGet) return `GET :${httpGet.port}${httpGet.path ?? '/'}`;
  if (tcpSocket) return `connect to :${tcpSocket.port}`;
  if (grpc) return `gRPC health on :${grpc.port}`;
  return exec ? `exec ${exec.command?.join(' ') ?? ''}`.trim() : 'probe';
}
