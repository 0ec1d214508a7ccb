import type { TrafficPreset } from '../../../specs/rollouts/metric-source.ts';
import { belay } from './belay.ts';
import { envoy } from './envoy.ts';
import { http } from './http.ts';
import { istio } from './istio.ts';
import { nginx } from './nginx.ts';
import { opentelemetry } from './opentelemetry.ts';
import type { Preset } from './preset.ts';
import { traefik } from './traefik.ts';

export const presets: Record<TrafficPreset, Preset> = {
  belay,
  http,
  opentelemetry,
  traefik,
  nginx,
  istio,
  envoy,
};
