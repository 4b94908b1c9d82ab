import { lazy, Suspense, useEffect } from 'react';
import { Navigate, Outlet, useLocation } from 'react-router';
import { statusOf } from '../shared/api/problem';
import { useAppDispatch } from '../shared/api/store';
import { mayRead, meApi } from '../shared/lib/me';
import { listen } from './sse';

const Refused = lazy(async () => ({ default: (await import('./Refused')).Refused }));

/** Nobody passes without the server having said who this is. */
export function Gate() {
  const { data: me, error, refetch } = meApi.endpoints.me.useQuery();
  const dispatch = useAppDispatch();
  const { pathname } = useLocation();
  const live = me !== undefined && mayRead(me);
  useEffect(() => (live ? listen(dispatch) : undefined), [live, dispatch]);

  if (!me && error && statusOf(error) !== 401) return <Suspense fallback={null}><Refused error={error} onRetry={() => void refetch()} /></Suspense>;
  if (!me) return <main aria-busy="true" />;
  const inPortal = pathname === '/portal' || pathname.startsWith('/portal/');
  if (me.kind === 'contact' && !inPortal) return <Navigate to="/portal" replace />;
  return <Outlet />;
}
