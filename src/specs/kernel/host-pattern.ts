import type { HostPattern } from '../../contracts/kernel/reach.ts';

const label = '[a-z0-9_](?:[-a-z0-9_]*[a-z0-9_])?';
const shape = new RegExp(
  `^(\\*|(?:\\*\\.)?${label}(?:\\.${label})*|\\[[\\da-f:.]+\\])(?::(\\d{1,5}))?$`,
);

/**
 * Parses `prometheus.monitoring:9090`, `*.example.com`, `10.0.0.7`, `[fd12::1]:9090` or `*`; returns
 * undefined for anything else. Without a port: every port.
 */
export function parseHostPattern(text: string): HostPattern | undefined {
  const [, host, written] = shape.exec(text.trim().toLowerCase()) ?? [];
  if (host === undefined) return undefined;
  if (written === undefined) return { host };
  const port = Number(written);
  return port > 0 && port < 65_536 ? { host, port } : undefined;
}
