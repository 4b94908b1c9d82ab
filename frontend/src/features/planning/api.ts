import { planningApi, type PlanGetApiArg, type PlanGetApiResponse } from '../../shared/api/gen/planning.gen';
import { infinite } from '../../shared/api/infinite';

export const api = planningApi.injectEndpoints({
  endpoints: (build) => ({
    planFeed: build.infiniteQuery<PlanGetApiResponse, PlanGetApiArg, string>({ ...infinite('/api/v1/plan'), providesTags: ['planning'] }),
  }),
});

export const { usePlanFeedInfiniteQuery } = api;
export const etag = (version: number): string => `"${version}"`;
