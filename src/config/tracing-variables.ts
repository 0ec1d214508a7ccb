import type { Environment } from './load-config.ts';

/** Whether a process sends traces, as OpenTelemetry's own variables say. */
export type TracingChoice =
  { kind: 'off' } | { kind: 'on'; collector: string } | { kind: 'unusable'; why: string };

const spoken = 'http/protobuf';

/**
 * Only an endpoint turns tracing on. What cannot be used turns it off with a reason, and not the
 * process with it: these variables are often set for a whole machine, with other programs in mind.
 */
export function readTracingChoice(env: Environment): TracingChoice {
  const endpoint =
    env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']?.trim() || env['OTEL_EXPORTER_OTLP_ENDPOINT']?.trim();
  const isOff =
    env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true' ||
    env['OTEL_TRACES_EXPORTER']?.trim() === 'none';
  if (!endpoint || isOff) return { kind: 'off' };
  const protocol =
    env['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL']?.trim() || env['OTEL_EXPORTER_OTLP_PROTOCOL']?.trim();
  if (protocol && protocol !== spoken) {
    const why = `OTEL_EXPORTER_OTLP_PROTOCOL is ${protocol}; Belay sends ${spoken}, for which collectors listen on port 4318`;
    return { kind: 'unusable', why };
  }
  if (!URL.canParse(endpoint) || !/^https?:/.test(endpoint)) {
    const why = `OTEL_EXPORTER_OTLP_ENDPOINT is not an address; write it like http://127.0.0.1:4318`;
    return { kind: 'unusable', why };
  }
  return { kind: 'on', collector: new URL(endpoint).origin };
}
