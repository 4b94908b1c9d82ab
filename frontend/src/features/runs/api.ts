import {
  invoiceRunsApi, type InvoiceRunPreview, type InvoiceRunsClientsApiArg, type InvoiceRunsClientsApiResponse, type InvoiceRunsListApiResponse, type NewInvoiceRun,
} from '../../shared/api/gen/invoice-runs.gen';
import { infinite } from '../../shared/api/infinite';

export const api = invoiceRunsApi.injectEndpoints({
  endpoints: (build) => ({
    runsFeed: build.infiniteQuery<InvoiceRunsListApiResponse, void, string>({ ...infinite('/api/v1/invoice-runs'), providesTags: ['invoice-runs'] }),
    runClientsFeed: build.infiniteQuery<InvoiceRunsClientsApiResponse, InvoiceRunsClientsApiArg, string>({
      infiniteQueryOptions: infinite('').infiniteQueryOptions,
      query: ({ queryArg: { id, state }, pageParam }) => ({ url: `/api/v1/invoice-runs/${encodeURIComponent(id)}/clients`, params: { limit: 100, ...(state && { state }), ...(pageParam && { cursor: pageParam }) } }),
      providesTags: ['invoice-runs'],
    }),
    // It changes nothing, so it is a question here although it travels as POST.
    runAhead: build.infiniteQuery<InvoiceRunPreview, NewInvoiceRun, string>({
      infiniteQueryOptions: infinite('').infiniteQueryOptions,
      query: ({ queryArg, pageParam }) => ({ url: '/api/v1/invoice-runs/preview', method: 'POST', body: queryArg, params: { limit: 50, ...(pageParam && { cursor: pageParam }) } }),
      keepUnusedDataFor: 0, providesTags: ['invoices', 'time'] as never,
    }),
  }),
});

export const { useRunsFeedInfiniteQuery, useRunClientsFeedInfiniteQuery, useRunAheadInfiniteQuery } = api;
export * from '../../shared/api/gen/invoice-runs.gen';
