import { planningApi, type PlanBenchApiArg, type PlanBenchApiResponse, type PlanGetApiArg, type PlanGetApiResponse } from '../../shared/api/gen/planning.gen';
import { infinite } from '../../shared/api/infinite';

export const api = planningApi.injectEndpoints({
  endpoints: (build) => ({
    planFeed: build.infiniteQuery<PlanGetApiResponse, PlanGetApiArg, string>({ ...infinite('/api/v1/plan'), providesTags: ['planning'] }),
    benchFeed: build.infiniteQuery<PlanBenchApiResponse, PlanBenchApiArg, string>({ ...infinite('/api/v1/plan/bench'), providesTags: ['planning'] }),
  }),
});

export const { useBenchFeedInfiniteQuery, usePlanFeedInfiniteQuery } = api;
export const etag = (version: number): string => `"${version}"`;
