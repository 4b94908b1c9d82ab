import { clientsApi, type ClientsListApiArg, type ClientsListApiResponse, type ClientsTimelineApiResponse } from '../../shared/api/gen/clients.gen';
import { infinite } from '../../shared/api/infinite';

const feeds = clientsApi.injectEndpoints({
  endpoints: (build) => ({
    clientsFeed: build.infiniteQuery<ClientsListApiResponse, ClientsListApiArg, string>({ ...infinite('/api/v1/clients'), providesTags: ['clients'] }),
    timelineFeed: build.infiniteQuery<ClientsTimelineApiResponse, { id: string; kind?: string }, string>({
      ...infinite(''),
      query: ({ queryArg, pageParam }) => ({
        url: `/api/v1/clients/${encodeURIComponent(queryArg.id)}/timeline`,
        params: { limit: 30, ...(queryArg.kind ? { kind: queryArg.kind } : {}), ...(pageParam ? { cursor: pageParam } : {}) },
      }),
      providesTags: ['clients'],
    }),
    inviteContact: build.mutation<unknown, { contact_id: string; client_id: string; email: string; name: string }>({
      query: (c) => ({ url: '/api/v1/invitations', method: 'POST', body: { role: 'contact', ...c } }),
      invalidatesTags: ['clients'],
    }),
  }),
});

export const { useClientsFeedInfiniteQuery, useTimelineFeedInfiniteQuery, useInviteContactMutation } = feeds;

export const ifMatch = (version: number): string => `"${version}"`;
