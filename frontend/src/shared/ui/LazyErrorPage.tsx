import { lazy, Suspense } from 'react';

const Page = lazy(async () => ({ default: (await import('./ErrorPage')).ErrorPage }));

/** The error page without its weight, for the entries. */
export const LazyErrorPage = (p: { missing?: boolean; inside?: boolean }) => <Suspense fallback={null}><Page {...p} /></Suspense>;
