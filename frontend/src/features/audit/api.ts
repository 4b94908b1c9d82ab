import { auditApi, type AuditEventList, type AuditEventsListApiArg } from '../../shared/api/gen/audit.gen';
import { infinite } from '../../shared/api/infinite';

export type { AuditEventView } from '../../shared/api/gen/audit.gen';

const api = auditApi.injectEndpoints({
  endpoints: (build) => ({
    auditFeed: build.infiniteQuery<AuditEventList, AuditEventsListApiArg, string>({ ...infinite('/api/v1/audit-events'), providesTags: ['audit'] }),
  }),
});

export const { useAuditFeedInfiniteQuery } = api;
export const { useAuditEventsVerifyMutation } = auditApi;
