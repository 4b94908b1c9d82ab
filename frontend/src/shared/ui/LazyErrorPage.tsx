import { lazy, Suspense } from 'react';

const Page = lazy(async () => ({ default: (await import('./ErrorPage')).ErrorPage }));

/** The error page without its weight, for the entries. */
export const LazyErrorPage = ({ missing }: { missing?: boolean }) => <Suspense fallback={null}><Page missing={missing} /></Suspense>;
