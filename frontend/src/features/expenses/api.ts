import { expensesApi, type ExpensesListApiArg, type ExpensesListApiResponse } from '../../shared/api/gen/expenses.gen';
import { infinite } from '../../shared/api/infinite';

export const api = expensesApi.injectEndpoints({
  endpoints: (build) => ({
    expensesFeed: build.infiniteQuery<ExpensesListApiResponse, ExpensesListApiArg, string>({ ...infinite('/api/v1/expenses'), providesTags: ['expenses'] }),
  }),
});
export const { useExpensesFeedInfiniteQuery } = api;
