import { useCallback } from 'react';

type Page<Row> = { items: Row[]; next?: string | null };

type Param = string | number | boolean | string[] | undefined | null;

/** The part of an infinite endpoint that all cursor lists share. */
export function infinite(url: string) {
  return {
    infiniteQueryOptions: { initialPageParam: '', getNextPageParam: (last: { next?: string | null }) => last.next || undefined },
    query: ({ queryArg, pageParam }: { queryArg: unknown; pageParam: string }) => {
      const params: Record<string, Param> = { limit: 50, ...(queryArg as Record<string, Param> | null), cursor: pageParam || undefined };
      // The generated arguments are in camel case, the server's parameters in snake case.
      const named = Object.entries(params).map(([k, v]) => [k.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`), v] as const);
      return { url, params: Object.fromEntries(named.filter(([, v]) => v !== undefined && v !== null && v !== '')) };
    },
  };
}

type Infinite<Row> = {
  data?: { pages: Page<Row>[] };
  error?: unknown;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
  refetch: () => unknown;
};

/** <DataTable {...useFeed(useThingsFeedInfiniteQuery(args))} …/> */
export function useFeed<Row>(q: Infinite<Row>) {
  const { fetchNextPage, refetch } = q;
  const onMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const onRetry = useCallback(() => void refetch(), [refetch]);
  return {
    rows: q.data?.pages.flatMap((p) => p.items),
    error: q.data ? undefined : q.error,
    hasMore: q.hasNextPage,
    loadingMore: q.isFetchingNextPage,
    onMore,
    onRetry,
  };
}
