import { lazy, Suspense } from 'react';
import { Provider } from 'react-redux';
import { createBrowserRouter, RouterProvider } from 'react-router';
import { makeStore } from '../../shared/api/store';
import { LazyErrorPage } from '../../shared/ui/LazyErrorPage';
import { Root } from '../../shared/ui/Root';
import { StepUp } from '../../shared/ui/StepUp';
import { routes } from './routes';

const store = makeStore();
const ToastHost = lazy(async () => ({ default: (await import('../../shared/ui/ToastHost')).ToastHost }));

const router = createBrowserRouter([
  { path: '/confirmed', hydrateFallbackElement: <div />, lazy: async () => ({ Component: (await import('../../shared/ui/Confirmed')).Confirmed }) },
  {
    path: '/',
    hydrateFallbackElement: <div />,
    errorElement: <LazyErrorPage />,
    lazy: async () => ({ Component: (await import('./components/OpsShell')).OpsShell }),
    children: [{ errorElement: <LazyErrorPage inside />, children: [...routes, { path: '*', element: <LazyErrorPage missing inside /> }] }],
  },
]);

export const OpsApp = () => (
  <Provider store={store}>
    <Root>
      <RouterProvider router={router} />
      <StepUp />
      <Suspense fallback={null}><ToastHost /></Suspense>
    </Root>
  </Provider>
);
