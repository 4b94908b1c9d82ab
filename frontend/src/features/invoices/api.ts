import {
  invoicesApi, type ExchangeRatesListApiArg, type ExchangeRatesListApiResponse, type RevaluationsListApiArg, type RevaluationsListApiResponse, type InvoiceFigureInput, type InvoiceFigures, type InvoiceFromTime, type InvoiceFromTimeResult, type InvoiceMore, type InvoicesListApiArg, type InvoicesListApiResponse, type InvoicePaper, type LateFeesOverdueApiArg, type LateFeesOverdueApiResponse, type LegalEntitySample, type LegalEntitySampleInput, type RealisationReportApiArg, type RealisationReportApiResponse, type ReviewEntriesApiArg, type ReviewEntriesApiResponse, type NewCreditNote,
} from '../../shared/api/gen/invoices.gen';
import { infinite } from '../../shared/api/infinite';

type Names = { items: { id: string; name: string; code?: string }[] };

export const api = invoicesApi.enhanceEndpoints({ addTagTypes: ['clients', 'projects'] }).injectEndpoints({
  endpoints: (build) => ({
    invoicesFeed: build.infiniteQuery<InvoicesListApiResponse, InvoicesListApiArg, string>({ ...infinite('/api/v1/invoices'), providesTags: ['invoices'] }),
    invoiceEntriesFeed: build.infiniteQuery<ReviewEntriesApiResponse, ReviewEntriesApiArg, string>({
      infiniteQueryOptions: infinite('').infiniteQueryOptions,
      query: ({ queryArg: { id, lineId }, pageParam }) => ({ url: `/api/v1/invoices/${encodeURIComponent(id)}/entries`, params: { limit: 50, ...(lineId && { line_id: lineId }), ...(pageParam && { cursor: pageParam }) } }),
      providesTags: ['invoices'],
    }),
    realisationFeed: build.infiniteQuery<RealisationReportApiResponse, RealisationReportApiArg, string>({ ...infinite('/api/v1/realisation'), providesTags: ['invoices'] }),
    exchangeRatesFeed: build.infiniteQuery<ExchangeRatesListApiResponse, ExchangeRatesListApiArg, string>({ ...infinite('/api/v1/exchange-rates'), providesTags: ['invoices'] }),
    revaluationsFeed: build.infiniteQuery<RevaluationsListApiResponse, RevaluationsListApiArg, string>({ ...infinite('/api/v1/revaluations'), providesTags: ['invoices'] }),
    overdueFeed: build.infiniteQuery<LateFeesOverdueApiResponse, LateFeesOverdueApiArg, string>({ ...infinite('/api/v1/late-fees'), providesTags: ['invoices'] }),
    // Calculations change nothing, so they are questions here although they travel as POST.
    invoiceSum: build.query<InvoiceFigures, InvoiceFigureInput>({ query: (body) => ({ url: '/api/v1/invoices/figure', method: 'POST', body }), keepUnusedDataFor: 5 }),
    timePlan: build.query<InvoiceFromTimeResult, InvoiceFromTime>({
      query: (body) => ({ url: '/api/v1/invoices/from-time/preview', method: 'POST', body }), keepUnusedDataFor: 0, providesTags: ['invoices'],
    }),
    morePlan: build.query<InvoiceFromTimeResult, { id: string; version: number; body: InvoiceMore }>({
      query: ({ id, version, body }) => ({ url: `/api/v1/invoices/${encodeURIComponent(id)}/add-preview`, method: 'POST', body, headers: { 'If-Match': `"${version}"` } }), keepUnusedDataFor: 0, providesTags: ['invoices'],
    }),
    creditPaper: build.query<InvoicePaper, { id: string; newCreditNote: NewCreditNote }>({
      query: ({ id, newCreditNote }) => ({ url: `/api/v1/invoices/${encodeURIComponent(id)}/credits/preview`, method: 'POST', body: newCreditNote }), keepUnusedDataFor: 0,
    }),
    entitySample: build.query<LegalEntitySample, LegalEntitySampleInput>({ query: (body) => ({ url: '/api/v1/legal-entities/sample', method: 'POST', body }), keepUnusedDataFor: 5 }),
    // The address of the file: a file itself is nothing to keep in a store.
    entitySamplePdf: build.mutation<string, LegalEntitySampleInput>({ query: (body) => ({ url: '/api/v1/legal-entities/sample/pdf', method: 'POST', body }), transformResponse: (file: Blob) => URL.createObjectURL(file) }),
    invoiceClients: build.query<Names, string>({ query: (q) => ({ url: '/api/v1/clients', params: { limit: 20, ...(q && { q }) } }), providesTags: ['clients'] }),
    invoiceProjects: build.query<Names, string>({ query: (client) => ({ url: '/api/v1/projects', params: { limit: 100, client_id: client } }), providesTags: ['projects'] }),
  }),
});

export const { useInvoicesFeedInfiniteQuery, useInvoiceEntriesFeedInfiniteQuery, useRealisationFeedInfiniteQuery, useExchangeRatesFeedInfiniteQuery, useRevaluationsFeedInfiniteQuery, useOverdueFeedInfiniteQuery, useInvoiceSumQuery, useTimePlanQuery, useMorePlanQuery, useCreditPaperQuery, useEntitySampleQuery, useEntitySamplePdfMutation, useInvoiceClientsQuery, useInvoiceProjectsQuery } = api;
export * from '../../shared/api/gen/invoices.gen';
