import { opsApi, type OpsAgenciesListApiArg, type OpsAgenciesListApiResponse, type OpsHistoryApiArg, type OpsHistoryApiResponse, type OpsJobsFailedApiArg, type OpsJobsFailedApiResponse } from '../../shared/api/gen/ops.gen';
import { api } from '../../shared/api/baseApi';
import { infinite } from '../../shared/api/infinite';

export * from '../../shared/api/gen/ops.gen';

const feeds = opsApi.injectEndpoints({
  endpoints: (build) => ({
    agenciesFeed: build.infiniteQuery<OpsAgenciesListApiResponse, OpsAgenciesListApiArg, string>({ ...infinite('/api/v1/ops/agencies'), providesTags: ['ops'] }),
    historyFeed: build.infiniteQuery<OpsHistoryApiResponse, OpsHistoryApiArg, string>({ ...infinite('/api/v1/ops/history'), providesTags: ['ops'] }),
    jobsFeed: build.infiniteQuery<OpsJobsFailedApiResponse, OpsJobsFailedApiArg, string>({ ...infinite('/api/v1/ops/failed-jobs'), providesTags: ['ops'] }),
  }),
});

export const { useAgenciesFeedInfiniteQuery, useHistoryFeedInfiniteQuery, useJobsFeedInfiniteQuery } = feeds;

/** Forgets what is known of the agencies, after long work has ended. */
export const forget = () => api.util.invalidateTags(['ops'] as never);
