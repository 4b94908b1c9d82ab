import { api } from '../../shared/api/baseApi';
import type { MoneyValue } from '../../shared/lib/money';

// The start page reads a little of many modules. It names only the fields it
// shows, so that a new field elsewhere does not reach it.

export type Week = {
  timesheets: { from: string; until: string; state: 'draft' | 'submitted' | 'approved' | 'rejected' }[];
  days: { day: string; seconds: number; expected: number }[];
  seconds: number;
  expected: number;
  filled: number;
};
export type Missing = { missing: number; not_submitted: number; gaps: { from: string; to: string; missing: number; closed: number; due: boolean; state: string }[] };
export type Task = { id: string; name: string; due_on: string | null; project: { id: string; name: string; code: string }; column_name: string; priority: string };
export type Approval = { id: string; member_id: string; from: string; until: string; seconds: number; expected_seconds: number; filled_seconds: number };
export type Invoice = { id: string; number: string | null; client_name: string; due_on: string | null; balance: MoneyValue; state: string };
export type Checklist = { hidden: boolean; sample_loaded: boolean; sample_state: 'none' | 'loading' | 'failed' | 'loaded'; steps: { key: string; done: boolean }[] };
type Page<T> = { items: T[]; next: string | null };
type Member = { id: string; name: string };

const dashboardApi = api.enhanceEndpoints({ addTagTypes: ['time', 'projects', 'invoices', 'settings', 'members'] }).injectEndpoints({
  endpoints: (build) => ({
    startWeek: build.query<Week, string>({ query: (week) => ({ url: '/api/v1/timesheets/grid', params: { week } }), providesTags: ['time'] }),
    startMissing: build.query<Missing, void>({ query: () => '/api/v1/missing-time/mine', providesTags: ['time'] }),
    startTasks: build.query<Page<Task>, void>({ query: () => ({ url: '/api/v1/tasks', params: { assignee_id: 'me', state: 'open', sort: 'due_on', limit: 6 } }), providesTags: ['projects'] }),
    startApprovals: build.query<Page<Approval>, void>({ query: () => ({ url: '/api/v1/approvals', params: { limit: 6 } }), providesTags: ['time'] }),
    startInvoices: build.query<Page<Invoice>, void>({ query: () => ({ url: '/api/v1/invoices', params: { status: 'open', sort: 'due_on', limit: 6 } }), providesTags: ['invoices'] }),
    startMembers: build.query<Page<Member>, void>({ query: () => ({ url: '/api/v1/members', params: { limit: 200 } }), providesTags: ['members'] }),
    checklist: build.query<Checklist, void>({ query: () => '/api/v1/settings/checklist', providesTags: ['settings'] }),
    hideChecklist: build.mutation<unknown, boolean>({
      async queryFn(hidden, _api, _extra, get) {
        const now = await get('/api/v1/settings');
        if (now.error) return { error: now.error };
        const { version } = now.data as { version: number };
        const r = await get({ url: '/api/v1/settings', method: 'PATCH', headers: { 'If-Match': `"${version}"` }, body: { checklist_hidden: hidden } });
        return r.error ? { error: r.error } : { data: r.data };
      },
      invalidatesTags: ['settings'],
    }),
    loadSample: build.mutation<unknown, void>({ query: () => ({ url: '/api/v1/sample-data', method: 'POST' }), invalidatesTags: ['settings'] }),
  }),
});

export const {
  useStartWeekQuery, useStartMissingQuery, useStartTasksQuery, useStartApprovalsQuery, useStartInvoicesQuery, useStartMembersQuery, useChecklistQuery, useHideChecklistMutation, useLoadSampleMutation,
} = dashboardApi;
