import { useCallback } from 'react';

type Page<Row> = { items: Row[]; next?: string | null };

type Param = string | number | boolean | string[] | undefined | null;

/** The part of an infinite endpoint that all cursor lists share. */
export function infinite(url: string) {
  return {
    infiniteQueryOptions: { initialPageParam: '', getNextPageParam: (last: { next?: string | null }) => last.next || undefined },
    query: ({ queryArg, pageParam }: { queryArg: unknown; pageParam: string }) => {
      const params: Record<string, Param> = { limit: 50, ...(queryArg as Record<string, Param> | null), cursor: pageParam || undefined };
      return { url, params: Object.fromEntries(Object.entries(params).filter(([, v]) => v !== undefined && v !== null && v !== '')) };
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
