import { timeApi, type MissingTimeListApiArg, type MissingTimeListApiResponse } from '../../shared/api/gen/time.gen';
import { infinite } from '../../shared/api/infinite';

export const api = timeApi.injectEndpoints({
  endpoints: (build) => ({
    missingFeed: build.infiniteQuery<MissingTimeListApiResponse, MissingTimeListApiArg, string>({ ...infinite('/api/v1/missing-time'), providesTags: ['time'] }),
  }),
});
export const { useMissingFeedInfiniteQuery } = api;
