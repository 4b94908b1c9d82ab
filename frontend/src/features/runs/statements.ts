import {
  statementRunsApi, type NewStatementRun, type StatementRunClient, type StatementRunPreview, type StatementRunsClientsApiArg, type StatementRunsClientsApiResponse, type StatementRunsListApiResponse,
} from '../../shared/api/gen/statement-runs.gen';
import { infinite } from '../../shared/api/infinite';
import type { Tone } from '../../shared/ui/small';

export const api = statementRunsApi.injectEndpoints({
  endpoints: (build) => ({
    statementsFeed: build.infiniteQuery<StatementRunsListApiResponse, void, string>({ ...infinite('/api/v1/statement-runs'), providesTags: ['statement-runs'] }),
    statementClientsFeed: build.infiniteQuery<StatementRunsClientsApiResponse, StatementRunsClientsApiArg, string>({
      infiniteQueryOptions: infinite('').infiniteQueryOptions,
      query: ({ queryArg: { id, state }, pageParam }) => ({ url: `/api/v1/statement-runs/${encodeURIComponent(id)}/clients`, params: { limit: 100, ...(state && { state }), ...(pageParam && { cursor: pageParam }) } }),
      providesTags: ['statement-runs'],
    }),
    // It changes nothing, so it is a question here although it travels as POST.
    statementsAhead: build.infiniteQuery<StatementRunPreview, { wish: NewStatementRun; show: 'send' | 'skipped' }, string>({
      infiniteQueryOptions: infinite('').infiniteQueryOptions,
      query: ({ queryArg: { wish, show }, pageParam }) => ({ url: '/api/v1/statement-runs/preview', method: 'POST', body: wish, params: { limit: 50, show, ...(pageParam && { cursor: pageParam }) } }),
      keepUnusedDataFor: 0, providesTags: ['invoices', 'clients'] as never,
    }),
  }),
});

export const { useStatementsFeedInfiniteQuery, useStatementClientsFeedInfiniteQuery, useStatementsAheadInfiniteQuery } = api;
export * from '../../shared/api/gen/statement-runs.gen';

export const whos = ['open', 'moved'] as const;
export const states = ['sent', 'skipped', 'refused', 'pending', 'cancelled'] as const;
export const tones: Record<StatementRunClient['state'], Tone> = { pending: 'neutral', sent: 'success', skipped: 'neutral', refused: 'danger', cancelled: 'neutral' };
const reasons = ['no_balance', 'no_contact', 'already_sent', 'archived', 'left_out'] as const;
export const reasonOf = (reason: string) => reasons.find((r) => r === reason);
export const sum = (of: Record<string, number>): number => Object.values(of).reduce((a, b) => a + b, 0);
