import { createBrowserRouter } from 'react-router';
import { LazyErrorPage } from '../shared/ui/LazyErrorPage';
import { portalRoutes, staffRoutes } from './features';
import { Gate } from './Gate';

export const router = createBrowserRouter([
  { path: '/confirmed', hydrateFallbackElement: <div />, lazy: async () => ({ Component: (await import('../shared/ui/Confirmed')).Confirmed }) },
  {
    element: <Gate />,
    errorElement: <LazyErrorPage />,
    hydrateFallbackElement: <div />,
    children: [
      ...portalRoutes,
      {
        path: '/',
        lazy: async () => ({ Component: (await import('./shell/AppShell')).AppShell }),
        children: [{ errorElement: <LazyErrorPage inside />, children: [...staffRoutes, { path: '*', element: <LazyErrorPage missing inside /> }] }],
      },
    ],
  },
]);
