import type { ServiceRouteActivities } from '../../src/contracts/recovery/service-routes.ts';
import { mapPartErrors } from '../kernel/support/map-part-errors.ts';

/** What workers do for routes of clients; `routes` throws PartError. */
export function createServiceRouteActivities(
  routes: ServiceRouteActivities,
): ServiceRouteActivities {
  return {
    examineService: (call) => mapPartErrors(() => routes.examineService(call)),
    switchService: (call) => mapPartErrors(() => routes.switchService(call)),
  };
}
