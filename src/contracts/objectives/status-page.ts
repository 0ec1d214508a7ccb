import type { PublicUpdate } from '../kernel/public-update.ts';
import type { ReportedDay } from './slo-report.ts';

/** How a service is now. `no_data`: nobody has measured it lately. */
export type ServiceState =
  | 'operational'
  | 'degraded_performance'
  | 'partial_outage'
  | 'major_outage'
  | 'under_maintenance'
  | 'no_data';

export interface PageObjective {
  /** `availability at least 99.9%`; what it is called inside is nobody's business. */
  aim: string;
  /** Of the days that are shown. */
  value: string;
  verdict: string;
}

export interface PageService {
  service: string;
  /** What the public knows it by. */
  name: string;
  description?: string;
  state: ServiceState;
  /** Oldest first; today as far as it has passed. */
  days: ReportedDay[];
  /** The good share of the time that was measured; absent: none was. */
  uptime?: number;
  objectives: PageObjective[];
  /** Bad time that a person recorded and nothing measured; oldest first. */
  recordedByHand: { fromMs: number; untilMs: number }[];
}

export interface PageIncident {
  /** Stays the same, whatever is published, and says nothing of the run. */
  id: string;
  title: string;
  impact: 'minor' | 'major' | 'critical';
  services: string[];
  startedAtMs: number;
  resolvedAtMs?: number;
  /** Oldest first; at least one. */
  updates: PublicUpdate[];
}

export interface PageMaintenance {
  /** Says nothing of what it is known by inside. */
  id: string;
  /** In the words that were meant for the public; absent: there are none. */
  title?: string;
  /** Of the page: all where it is about the whole environment. */
  services: string[];
  announcedAtMs: number;
  fromMs: number;
  untilMs: number;
  state: 'scheduled' | 'in_progress' | 'completed';
}

/** All that a status page shows. */
export interface StatusPage {
  name: string;
  url?: string;
  zone: string;
  writtenAtMs: number;
  services: PageService[];
  /** Newest first. */
  incidents: PageIncident[];
  /** The next one first. */
  maintenances: PageMaintenance[];
}
