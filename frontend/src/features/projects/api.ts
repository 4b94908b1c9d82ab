import { api as base } from '../../shared/api/baseApi';
import { infinite } from '../../shared/api/infinite';
import { isApiError, type ApiError } from '../../shared/api/problem';
import { projectsApi, type BudgetTerms, type BudgetView, type ProjectsListApiArg, type ProjectsListApiResponse } from '../../shared/api/gen/projects.gen';
import { tasksApi, type TaskChange, type TaskList, type TaskView } from '../../shared/api/gen/tasks.gen';
import { moved, type Target } from './model';

export type { ProjectView, TemplateView, TemplateTaskView, ProjectMoment, ColumnView } from '../../shared/api/gen/projects.gen';
export type { TaskView, TaskChange, CommentView, ChecklistLine } from '../../shared/api/gen/tasks.gen';
export { useProjectTemplatesListQuery, useProjectsGetQuery, useProjectsCreateMutation, useProjectsChangeMutation, useProjectsArchiveMutation, useProjectsRestoreMutation, useProjectsChangeColumnsMutation, useProjectsAddMemberMutation, useProjectsRemoveMemberMutation } from '../../shared/api/gen/projects.gen';
export { useTasksGetQuery, useTasksCreateMutation, useTasksArchiveMutation, useTasksRestoreMutation, useTasksDeleteMutation, useTaskCommentsListQuery, useTaskCommentsCreateMutation, useTaskCommentsChangeMutation, useTaskCommentsDeleteMutation } from '../../shared/api/gen/tasks.gen';

export type { BudgetView } from '../../shared/api/gen/projects.gen';
export { useBudgetsListQuery, useBudgetsCreateMutation, useBudgetsChangeMutation, useBudgetsRemoveMutation } from '../../shared/api/gen/projects.gen';

/** The terms of a budget as they are written. */
export const termsOf = (b: BudgetView): BudgetTerms => ({
  hours: b.hours ?? undefined, money: b.money ? { amount: b.money.budget.amount, currency: b.money.budget.currency } : undefined, approved_only: b.approved_only, billable_only: b.billable_only, alerts: b.alerts, hard_stop: b.hard_stop,
});

export type { FeeView, FeePart } from '../../shared/api/gen/fees.gen';
export { useFeesListQuery, useFeesCreateMutation, useFeesChangeMutation, useFeesArchiveMutation, useFeesRestoreMutation, useChangeOrdersCreateMutation, useFeePartsAcceptMutation, useFeePartsReadyMutation, useFeePartsTellAgainMutation, useFeePartsWithdrawMutation } from '../../shared/api/gen/fees.gen';

export { useInvoicesCreateFromTimeMutation } from '../../shared/api/gen/invoices.gen';

export type Member = { id: string; name: string; state: string };

/** What If-Match wants of a record. */
export const etag = (version: number): string => `"${version}"`;

projectsApi.enhanceEndpoints({ addTagTypes: ['projects', 'tasks', 'members'] });
tasksApi.enhanceEndpoints({ addTagTypes: ['projects', 'tasks'] });

const lists = base.enhanceEndpoints({ addTagTypes: ['projects', 'tasks', 'members', 'clients', 'timer'] }).injectEndpoints({
  endpoints: (build) => ({
    projectsFeed: build.infiniteQuery<ProjectsListApiResponse, ProjectsListApiArg & { client_id?: string }, string>({
      ...infinite('/api/v1/projects'), providesTags: ['projects'],
    }),
    projectTimelineFeed: build.infiniteQuery<{ items: Moment[]; next: string | null }, { of: 'projects' | 'tasks'; id: string }, string>({
      infiniteQueryOptions: { initialPageParam: '', getNextPageParam: (last) => last.next ?? undefined },
      query: ({ queryArg, pageParam }) => ({ url: `/api/v1/${queryArg.of}/${encodeURIComponent(queryArg.id)}/timeline`, params: { limit: 30, ...(pageParam ? { cursor: pageParam } : {}) } }),
      providesTags: ['projects', 'tasks'],
    }),
    // A board shows all of its tasks, so all pages are fetched at once.
    projectTasks: build.query<TaskView[], Record<string, string>>({
      queryFn: async (params, _api, _extra, call) => {
        const all: TaskView[] = [];
        let cursor = '';
        for (let page = 0; page < 20; page++) {
          const r = await call({ url: '/api/v1/tasks', params: { ...params, limit: 200, ...(cursor ? { cursor } : {}) } });
          if (r.error) return { error: isApiError(r.error) ? r.error : ({ kind: 'network' } satisfies ApiError) };
          const list = r.data as TaskList;
          all.push(...list.items);
          if (!list.next) break;
          cursor = list.next;
        }
        return { data: all };
      },
      providesTags: ['tasks'],
    }),
    moveTask: build.mutation<TaskView, { id: string; projectId: string } & Target>({
      query: ({ id, columnId, beforeId, afterId }) => ({ url: `/api/v1/tasks/${encodeURIComponent(id)}/move`, method: 'POST', body: { column_id: columnId, before_id: beforeId, after_id: afterId } }),
      // The card is where it was dropped before the server answers, and back where it was if that fails.
      onQueryStarted: async (arg, { dispatch, queryFulfilled }) => {
        const patch = dispatch(lists.util.updateQueryData('projectTasks', boardOf(arg.projectId), (draft) => moved(draft, arg.id, arg)));
        try {
          const { data } = await queryFulfilled;
          dispatch(lists.util.updateQueryData('projectTasks', boardOf(arg.projectId), (draft) => draft.map((t) => (t.id === data.id ? data : t))));
        } catch {
          patch.undo();
        }
      },
      invalidatesTags: ['projects', 'tasks'],
    }),
    saveTask: build.mutation<TaskView, { task: TaskView; change: TaskChange }>({
      query: ({ task, change }) => ({ url: `/api/v1/tasks/${encodeURIComponent(task.id)}`, method: 'PATCH', headers: { 'If-Match': etag(task.version) }, body: change }),
      onQueryStarted: async ({ task }, { dispatch, queryFulfilled }) => {
        const { data } = await queryFulfilled.catch(() => ({ data: undefined }));
        if (data) dispatch(tasksApi.util.updateQueryData('tasksGet', { id: task.id }, () => data));
      },
      invalidatesTags: ['tasks', 'projects'],
    }),
    completeTasks: build.mutation<{ items: TaskView[] }, { ids: string[]; done: boolean }>({
      query: (body) => ({ url: '/api/v1/tasks/complete', method: 'POST', body }),
      invalidatesTags: ['tasks', 'projects'],
    }),
    tickItem: build.mutation<TaskView, { id: string; itemId: string; done: boolean }>({
      query: ({ id, itemId, done }) => ({ url: `/api/v1/tasks/${encodeURIComponent(id)}/checklist/${encodeURIComponent(itemId)}`, method: 'POST', body: { done } }),
      onQueryStarted: async ({ id, itemId, done }, { dispatch, queryFulfilled }) => {
        const patch = dispatch(tasksApi.util.updateQueryData('tasksGet', { id }, (draft) => {
          for (const line of draft.checklist) if (line.id === itemId) line.done = done;
        }));
        try {
          const { data } = await queryFulfilled;
          dispatch(tasksApi.util.updateQueryData('tasksGet', { id }, () => data));
        } catch {
          patch.undo();
        }
      },
      invalidatesTags: ['tasks'],
    }),
    team: build.query<Member[], void>({
      query: () => ({ url: '/api/v1/members', params: { kind: 'staff', limit: 200 } }),
      transformResponse: (r: { items: Member[] }) => r.items,
      providesTags: ['members'],
      keepUnusedDataFor: 3600,
    }),
    clientChoice: build.query<{ items: { id: string; name: string; code: string }[] }, string>({
      query: (q) => ({ url: '/api/v1/clients', params: { limit: 30, ...(q ? { q } : {}) } }),
      providesTags: ['clients'],
    }),
    startTimer: build.mutation<unknown, { projectId: string; taskId: string }>({
      query: ({ projectId, taskId }) => ({ url: '/api/v1/timer/start', method: 'POST', body: { project_id: projectId, task_id: taskId } }),
      invalidatesTags: ['timer'],
    }),
  }),
});

export type Moment = { id: string; happened_at: string; name: string; entity: string; entity_id: string; actor_id: string | null; actor_name: string; label: string };

/** The argument under which the tasks of a project's board are kept. */
export const boardOf = (projectId: string): Record<string, string> => ({ project_id: projectId, sort: 'rank' });

export const {
  useProjectsFeedInfiniteQuery, useProjectTimelineFeedInfiniteQuery, useProjectTasksQuery, useMoveTaskMutation, useSaveTaskMutation, useCompleteTasksMutation,
  useTickItemMutation, useTeamQuery, useClientChoiceQuery, useStartTimerMutation,
} = lists;

/** nameOf(id): who a member is; people who left keep their name as long as the server tells it. */
export function useNames(): { names: (id: string | null | undefined) => string; members: Member[] } {
  const { data } = useTeamQuery();
  const members = data ?? [];
  return { members, names: (id) => members.find((m) => m.id === id)?.name ?? '' };
}
