import { timeApi, type ApprovalsListApiArg, type ApprovalsListApiResponse, type TimesheetsListApiArg, type TimesheetsListApiResponse } from '../../shared/api/gen/time.gen';
import { infinite } from '../../shared/api/infinite';

export const api = timeApi.injectEndpoints({
  endpoints: (build) => ({
    weeksFeed: build.infiniteQuery<TimesheetsListApiResponse, TimesheetsListApiArg, string>({ ...infinite('/api/v1/timesheets'), providesTags: ['time'] }),
    waitingFeed: build.infiniteQuery<ApprovalsListApiResponse, ApprovalsListApiArg, string>({ ...infinite('/api/v1/approvals'), providesTags: ['time'] }),
  }),
});
export const { useWeeksFeedInfiniteQuery, useWaitingFeedInfiniteQuery } = api;
