import {
  recurringInvoicesApi, type NewRecurringInvoice, type RecurringInvoicesListApiArg, type RecurringInvoicesListApiResponse, type RecurringInvoicesPeriodsApiArg, type RecurringInvoicesPeriodsApiResponse, type RecurringOutlook,
} from '../../shared/api/gen/recurring-invoices.gen';
import { infinite } from '../../shared/api/infinite';

export const api = recurringInvoicesApi.injectEndpoints({
  endpoints: (build) => ({
    recurringFeed: build.infiniteQuery<RecurringInvoicesListApiResponse, RecurringInvoicesListApiArg, string>({ ...infinite('/api/v1/recurring-invoices'), providesTags: ['recurring-invoices'] }),
    recurringPeriodsFeed: build.infiniteQuery<RecurringInvoicesPeriodsApiResponse, RecurringInvoicesPeriodsApiArg, string>({
      infiniteQueryOptions: infinite('').infiniteQueryOptions,
      query: ({ queryArg: { id }, pageParam }) => ({ url: `/api/v1/recurring-invoices/${encodeURIComponent(id)}/periods`, params: { limit: 50, ...(pageParam && { cursor: pageParam }) } }),
      providesTags: ['recurring-invoices', 'invoices' as never],
    }),
    // It changes nothing, so it is a question here although it travels as POST.
    recurringAhead: build.query<RecurringOutlook, { wish: NewRecurringInvoice; from: number }>({
      query: ({ wish, from }) => ({ url: '/api/v1/recurring-invoices/preview', method: 'POST', body: wish, params: { count: 6, from } }), keepUnusedDataFor: 0,
    }),
  }),
});

export const { useRecurringFeedInfiniteQuery, useRecurringPeriodsFeedInfiniteQuery, useRecurringAheadQuery } = api;
export * from '../../shared/api/gen/recurring-invoices.gen';
