import { sloMonitorSchema } from './monitor.ts';

export const specSchemas = { sloMonitor: sloMonitorSchema };
