/** One alert that asks for an incident, as the gateway read it. */
export interface IncidentAlertNotice {
  /** The same for as long as the alert fires, and another one when it fires again. */
  alertId: string;
  name: string;
  status: 'firing' | 'resolved';
  startsAtMs: number;
  receivedAtMs: number;
  /** The value of the label that asks for an incident. */
  asked: string;
  labels: IncidentAlertLabels;
  summary?: string;
}

export interface IncidentAlertLabels {
  severity?: string;
  environment?: string;
  service?: string;
  namespace?: string;
  deployment?: string;
}
